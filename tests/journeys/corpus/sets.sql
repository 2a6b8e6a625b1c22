-- UNION and UNION ALL
SELECT region FROM hand.sales UNION SELECT name FROM hand.staff UNION ALL SELECT 'more';

-- INTERSECT and EXCEPT
(SELECT id FROM hand.staff INTERSECT SELECT origin FROM hand.edges) EXCEPT SELECT 3;

-- INTERSECT ALL and EXCEPT ALL
SELECT origin FROM hand.edges EXCEPT ALL SELECT target FROM hand.edges INTERSECT ALL SELECT id FROM hand.staff;

-- UNION BY NAME
SELECT id, name FROM hand.things UNION BY NAME SELECT pay, name FROM hand.staff;

-- UNION ALL BY NAME
SELECT 1 AS a, 'x' AS b UNION ALL BY NAME SELECT 2.5 AS c, 'y' AS b;

-- types that widen
SELECT id FROM hand.things UNION ALL SELECT price FROM hand.things UNION ALL SELECT l_extendedprice FROM tpch.lineitem WHERE l_orderkey = 1;

-- ordered and limited branches (in order)
(SELECT id, name FROM hand.staff ORDER BY id LIMIT 2) UNION ALL (SELECT id, name FROM hand.staff ORDER BY id DESC LIMIT 2) ORDER BY id;

-- ordered by an expression over names (in order)
SELECT id, pay FROM hand.staff UNION ALL SELECT origin, cost FROM hand.edges ORDER BY 2 NULLS FIRST, id LIMIT 9 OFFSET 1;

-- nested in a subquery with names
SELECT x, count(*) AS n FROM (SELECT origin AS x FROM hand.edges UNION ALL SELECT target FROM hand.edges) GROUP BY x;

-- over no rows
SELECT name FROM hand.nothing UNION SELECT name FROM hand.nothing EXCEPT SELECT name FROM hand.staff;
