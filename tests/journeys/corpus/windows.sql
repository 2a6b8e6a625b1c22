-- ranks (in order)
SELECT id, dept, row_number() OVER w AS n, rank() OVER w AS r, dense_rank() OVER w AS d, percent_rank() OVER w AS p, cume_dist() OVER w AS c, ntile(2) OVER (PARTITION BY dept ORDER BY pay, id) AS half
FROM hand.staff WINDOW w AS (PARTITION BY dept ORDER BY pay) ORDER BY id, n;

-- running total by rows
SELECT l_orderkey, l_linenumber, sum(l_quantity) OVER (PARTITION BY l_orderkey ORDER BY l_linenumber ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS so_far
FROM tpch.lineitem WHERE l_orderkey < 300;

-- moving average over a frame of rows
SELECT sensor, taken, avg(value) OVER (PARTITION BY sensor ORDER BY taken ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS smooth FROM hand.readings;

-- frame by range of time
SELECT sensor, taken, sum(value) OVER (PARTITION BY sensor ORDER BY taken RANGE BETWEEN INTERVAL 20 MINUTE PRECEDING AND CURRENT ROW) AS lately FROM hand.readings;

-- frame by groups with exclusion
SELECT id, count(*) OVER (ORDER BY pay GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES) AS near, count(*) OVER (ORDER BY pay GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE GROUP) AS beside FROM hand.staff;

-- frame with bounds from the row
SELECT origin, target, sum(cost) OVER (ORDER BY origin, target ROWS BETWEEN origin PRECEDING AND cost FOLLOWING) AS around FROM hand.edges;

-- neighbours
SELECT sensor, taken, lag(value) OVER w AS before, lead(value, 1, -1.0) OVER w AS after, value - lag(value, 1, 0.0) OVER w AS change
FROM hand.readings WINDOW w AS (PARTITION BY sensor ORDER BY taken);

-- first, last, nth, ignoring NULL
SELECT sensor, taken, first_value(value) OVER w AS first, last_value(value IGNORE NULLS) OVER w AS last, nth_value(value, 2) OVER w AS second
FROM hand.readings WINDOW w AS (PARTITION BY sensor ORDER BY taken ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING);

-- an aggregate with FILTER over a window
SELECT id, count(*) FILTER (WHERE pay > 40) OVER (PARTITION BY dept) AS well, sum(pay) OVER () AS everyone FROM hand.staff;

-- a window over groups
SELECT o_orderpriority, count(*) AS n, sum(count(*)) OVER (ORDER BY o_orderpriority) AS cumulated, rank() OVER (ORDER BY count(*) DESC) AS place
FROM tpch.orders GROUP BY o_orderpriority;

-- named windows that build on each other
SELECT id, sum(pay) OVER (w ORDER BY id) AS running, max(pay) OVER w AS top FROM hand.staff WINDOW w AS (PARTITION BY dept);

-- distinct and ordered arguments over a window
SELECT id, count(DISTINCT dept) OVER () AS depts, list(name ORDER BY name DESC) OVER (PARTITION BY dept) AS names FROM hand.staff;
