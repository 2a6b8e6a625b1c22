-- one after another
WITH a AS (SELECT dept, sum(pay) AS total FROM hand.staff GROUP BY dept), b AS (SELECT avg(total) AS mean FROM a) SELECT a.dept, a.total - b.mean AS over FROM a, b;

-- with names for columns
WITH t(x, y) AS (SELECT id, name FROM hand.staff) SELECT x, y FROM t WHERE x < 3;

-- MATERIALIZED and not
WITH m AS MATERIALIZED (SELECT origin FROM hand.edges), n AS NOT MATERIALIZED (SELECT target FROM hand.edges) SELECT origin FROM m WHERE origin NOT IN (SELECT target FROM n);

-- a name that hides an outer one
WITH t AS (SELECT 1 AS x) SELECT x, (WITH t AS (SELECT 2 AS x) SELECT x FROM t) AS inner_ FROM t;

-- used twice
WITH big AS (SELECT o_custkey, o_totalprice FROM tpch.orders WHERE o_totalprice > 200000) SELECT count(*) AS pairs FROM big a JOIN big b USING (o_custkey);

-- inside a subquery and a set operation
SELECT * FROM (WITH t AS (SELECT 1 AS n UNION ALL SELECT 2) SELECT n FROM t UNION SELECT n + 1 FROM t);

-- named as a dataset is
WITH staff AS (SELECT id FROM hand.staff WHERE id > 5) SELECT id FROM staff;

-- correlated from inside
SELECT id, (WITH b AS (SELECT count(*) AS n FROM hand.staff t WHERE t.boss = s.id) SELECT n FROM b) AS below FROM hand.staff s;
