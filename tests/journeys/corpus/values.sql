-- VALUES as a statement
VALUES (1, 'a'), (2, NULL), (3, 'c');

-- VALUES as a table
SELECT v.n + 1 AS next, v.t FROM (VALUES (1, 'x'), (2, 'y')) AS v(n, t);

-- VALUES joined to a dataset
SELECT l.label, count(*) AS n FROM tpch.orders JOIN (VALUES ('F', 'finished'), ('O', 'open')) AS l(status, label) ON o_orderstatus = l.status GROUP BY l.label;

-- VALUES with nested values
SELECT t.a, t.b.x AS x FROM (VALUES ([1, 2], {'x': 1, 'y': 'p'}), ([], {'x': 2, 'y': NULL})) t(a, b);

-- VALUES in IN and in a CTE
WITH v(n) AS (VALUES (1), (2), (NULL)) SELECT id FROM hand.things WHERE id IN (SELECT n FROM v);

-- VALUES that mix types
SELECT * FROM (VALUES (1), (2.5), (NULL)) v(n);
