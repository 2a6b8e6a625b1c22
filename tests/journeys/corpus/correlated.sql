-- a scalar for each row (in order)
SELECT o_orderkey, (SELECT count(*) FROM tpch.lineitem WHERE l_orderkey = o_orderkey) AS lines
FROM tpch.orders WHERE o_orderkey < 200 ORDER BY o_orderkey;

-- EXISTS and NOT EXISTS
SELECT s_suppkey FROM tpch.supplier s
WHERE EXISTS (SELECT 1 FROM tpch.partsupp p WHERE p.ps_suppkey = s.s_suppkey AND p.ps_availqty > 9900)
  AND NOT EXISTS (FROM tpch.partsupp p WHERE p.ps_suppkey = s.s_suppkey AND p.ps_availqty < 30);

-- above the average of its own group
SELECT id, name, pay FROM hand.staff s WHERE pay > (SELECT avg(pay) FROM hand.staff t WHERE t.dept = s.dept);

-- IN with a condition from outside
SELECT p_partkey FROM tpch.part p
WHERE p_size IN (SELECT l_linenumber * 7 FROM tpch.lineitem WHERE l_partkey = p.p_partkey);

-- ALL and ANY
SELECT id FROM hand.staff s
WHERE pay >= ALL (SELECT pay FROM hand.staff t WHERE t.dept = s.dept AND pay IS NOT NULL) OR pay < ANY (SELECT pay FROM hand.staff t WHERE t.boss = s.boss);

-- from two levels up
SELECT n_name, (SELECT count(*) FROM tpch.supplier WHERE s_nationkey = n_nationkey AND s_acctbal > (SELECT avg(c_acctbal) FROM tpch.customer WHERE c_nationkey = n_nationkey)) AS many
FROM tpch.nation;

-- a window inside
SELECT id, (SELECT max(r) FROM (SELECT rank() OVER (ORDER BY pay DESC NULLS LAST) AS r FROM hand.staff t WHERE t.boss = s.boss)) AS places FROM hand.staff s;

-- a list of what belongs to it
SELECT n_nationkey, (SELECT list(s_suppkey ORDER BY s_suppkey) FROM tpch.supplier WHERE s_nationkey = n_nationkey) AS suppliers FROM tpch.nation;

-- ARRAY of a query
SELECT id, ARRAY(SELECT t.id FROM hand.staff t WHERE t.boss = s.id ORDER BY t.id) AS below FROM hand.staff s;

-- in the SELECT list of a group
SELECT dept, sum(pay) AS total, (SELECT count(*) FROM hand.staff b WHERE b.pay > sum(a.pay) / 3) AS richer FROM hand.staff a GROUP BY dept;
