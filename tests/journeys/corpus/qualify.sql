-- the dearest order of each customer
SELECT o_custkey, o_orderkey, o_totalprice FROM tpch.orders QUALIFY row_number() OVER (PARTITION BY o_custkey ORDER BY o_totalprice DESC, o_orderkey) = 1;

-- by the name of an output (in order)
SELECT id, dept, rank() OVER (PARTITION BY dept ORDER BY pay DESC NULLS LAST, id) AS place FROM hand.staff QUALIFY place <= 1 ORDER BY id;

-- after groups, with HAVING
SELECT dept, count(*) AS n FROM hand.staff GROUP BY dept HAVING count(*) > 1 QUALIFY rank() OVER (ORDER BY count(*) DESC) = 1;

-- with a named window and a subquery
FROM hand.readings SELECT sensor, taken WINDOW w AS (PARTITION BY sensor ORDER BY taken) QUALIFY row_number() OVER w = (SELECT max(origin) - 4 FROM hand.edges);
