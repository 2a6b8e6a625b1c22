-- inner join of four tables
SELECT n_name, count(*) AS n, sum(o_totalprice) AS total FROM tpch.region JOIN tpch.nation ON n_regionkey = r_regionkey JOIN tpch.customer ON c_nationkey = n_nationkey JOIN tpch.orders ON o_custkey = c_custkey WHERE r_name = 'ASIA' GROUP BY n_name;

-- left join with a condition on the right
SELECT c_custkey, o_orderkey FROM tpch.customer LEFT JOIN tpch.orders ON o_custkey = c_custkey AND o_totalprice > 300000 WHERE c_custkey < 100;

-- right join
SELECT e.origin, s.name FROM hand.edges e RIGHT JOIN hand.staff s ON e.origin = s.id;

-- full join using a key
SELECT sensor, value, factor FROM hand.readings FULL JOIN hand.calibrations USING (sensor);

-- cross join and comma
SELECT a.id, b.sensor FROM hand.widths a CROSS JOIN hand.calibrations b, (VALUES (1)) v(x) WHERE a.id = v.x;

-- natural join
SELECT * FROM hand.readings NATURAL JOIN hand.calibrations;

-- natural left join
SELECT sensor, factor FROM hand.readings NATURAL LEFT JOIN hand.calibrations;

-- semi join
SELECT name FROM hand.staff SEMI JOIN hand.edges ON id = origin AND cost > 3;

-- anti join using
SELECT sensor, since FROM hand.calibrations ANTI JOIN hand.readings USING (sensor);

-- join by a range
SELECT s.name, t.name AS under FROM hand.staff s JOIN hand.staff t ON s.pay > t.pay + 20 AND s.id < t.id;

-- join by inequality alone
SELECT a.id, b.id AS other FROM hand.widths a JOIN hand.widths b ON a.id <> b.id;

-- self join with the boss
SELECT a.name, b.name AS boss, c.name AS top FROM hand.staff a LEFT JOIN hand.staff b ON a.boss = b.id LEFT JOIN hand.staff c ON b.boss = c.id;

-- brackets around joins
SELECT s.name, r.value FROM hand.staff s LEFT JOIN (hand.readings r JOIN hand.calibrations c ON r.sensor = c.sensor) ON s.id = c.factor;

-- join where NULL equals NULL
SELECT a.region, b.year FROM hand.sales a JOIN hand.sales b ON a.region IS NOT DISTINCT FROM b.region AND a.year = b.year AND a.product = b.product WHERE a.region IS NULL;

-- join on an expression and on true
SELECT x.id, y.id AS twin FROM hand.things x JOIN hand.things y ON lower(x.home.city) = lower(y.home.city) JOIN hand.nothing ON true;

-- join of a table with no rows
SELECT s.id, n.name FROM hand.staff s LEFT JOIN hand.nothing n USING (id);

-- three names of one merged column
SELECT sensor, a.sensor AS left_, b.sensor AS right_ FROM hand.readings a RIGHT JOIN hand.calibrations b USING (sensor);
