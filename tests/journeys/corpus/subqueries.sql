-- scalars
SELECT (SELECT max(pay) FROM hand.staff) AS top, (SELECT name FROM hand.nothing) AS none, (SELECT 1) + 1 AS two;

-- IN, NOT IN and NULL
SELECT id FROM hand.staff WHERE id IN (SELECT boss FROM hand.staff) AND id NOT IN (SELECT origin FROM hand.edges WHERE cost > 4);

-- NOT IN over a NULL gives no row
SELECT id FROM hand.staff WHERE id NOT IN (SELECT boss FROM hand.staff);

-- pairs
SELECT region, product FROM hand.sales WHERE (region, amount) IN (SELECT region, max(amount) FROM hand.sales GROUP BY region);

-- compared with ANY and ALL
SELECT o_orderkey FROM tpch.orders WHERE o_totalprice >= ALL (SELECT o_totalprice FROM tpch.orders) OR o_orderkey = ANY (SELECT min(o_orderkey) FROM tpch.orders);

-- in every clause (in order)
SELECT dept, count(*) + (SELECT count(*) FROM hand.nothing) AS n FROM hand.staff WHERE pay > (SELECT min(pay) FROM hand.staff) GROUP BY dept HAVING count(*) <= (SELECT count(*) FROM hand.widths) ORDER BY (SELECT 1), dept;

-- EXISTS as a value
SELECT EXISTS (SELECT 1 FROM hand.nothing) AS none, EXISTS (FROM hand.staff) AS some, NOT EXISTS (SELECT 1 FROM hand.staff WHERE pay > 1000) AS no;

-- tables in tables
SELECT a.n FROM (SELECT b.n + 1 AS n FROM (SELECT count(*) AS n FROM hand.staff) b) a;

-- a whole row as a value
SELECT s FROM (SELECT id, name FROM hand.staff WHERE id < 3) s;

-- in CASE, in a list, in a function
SELECT CASE WHEN (SELECT count(*) FROM hand.nothing) = 0 THEN 'empty' ELSE 'full' END AS c, [(SELECT min(id) FROM hand.staff), (SELECT max(id) FROM hand.staff)] AS l, greatest((SELECT 1), (SELECT 2)) AS g;
