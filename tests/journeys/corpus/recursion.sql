-- numbers up to ten
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i, i * i AS square FROM n;

-- everyone under Chen, with the way (in order)
WITH RECURSIVE under AS (
  SELECT id, name, 0 AS depth, [name] AS way FROM hand.staff WHERE boss IS NULL
  UNION ALL
  SELECT s.id, s.name, u.depth + 1, list_append(u.way, s.name) FROM hand.staff s JOIN under u ON s.boss = u.id
)
SELECT id, name, depth, way FROM under ORDER BY depth, id;

-- reachable without counting twice
WITH RECURSIVE reach(node) AS (
  SELECT 1 UNION SELECT e.target FROM hand.edges e JOIN reach r ON e.origin = r.node
)
SELECT node FROM reach;

-- cheapest way to every node
WITH RECURSIVE way(node, cost, steps) AS (
  SELECT 1, 0, 0
  UNION ALL
  SELECT e.target, w.cost + e.cost, w.steps + 1 FROM way w JOIN hand.edges e ON e.origin = w.node WHERE w.steps < 5
)
SELECT node, min(cost) AS cost FROM way GROUP BY node;

-- cheapest way by key
WITH RECURSIVE way(node, cost) USING KEY (node) AS (
  SELECT 1, 0
  UNION
  SELECT e.target, min(w.cost + e.cost)
  FROM way w JOIN hand.edges e ON e.origin = w.node LEFT JOIN recurring.way r ON r.node = e.target
  WHERE r.cost IS NULL OR w.cost + e.cost < r.cost
  GROUP BY e.target
)
SELECT node, cost FROM way;

-- two recursive tables beside a plain one
WITH RECURSIVE plain AS (SELECT 3 AS top),
  up(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM up, plain WHERE i < top),
  down(i) AS (SELECT max(i) FROM up UNION ALL SELECT i - 1 FROM down WHERE i > 0)
SELECT 'up' AS way, i FROM up UNION ALL SELECT 'down', i FROM down;

-- months of a year joined to orders (in order)
WITH RECURSIVE months(month) AS (
  SELECT DATE '1995-01-01' UNION ALL SELECT CAST(month + INTERVAL 1 MONTH AS DATE) FROM months WHERE month < DATE '1995-12-01'
)
SELECT month, count(o_orderkey) AS orders
FROM months LEFT JOIN tpch.orders ON date_trunc('month', o_orderdate) = month
GROUP BY month ORDER BY month;
