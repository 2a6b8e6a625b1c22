-- FROM alone
FROM hand.staff;

-- FROM with SELECT after it (in order)
FROM hand.staff SELECT name, pay WHERE pay > 40 ORDER BY id LIMIT 2;

-- FROM first in a subquery and a CTE
WITH s AS (FROM hand.staff WHERE boss = 1) FROM (FROM s SELECT name) SELECT upper(name) AS name;

-- FROM first with a join and groups
FROM tpch.nation JOIN tpch.region ON n_regionkey = r_regionkey SELECT r_name, count(*) AS nations GROUP BY r_name;

-- FROM first in a set operation
FROM hand.widths SELECT jan UNION ALL FROM hand.widths SELECT feb;

-- aliases before expressions
SELECT n: name, total: pay * 12 FROM s: hand.staff WHERE s.id < 4;
