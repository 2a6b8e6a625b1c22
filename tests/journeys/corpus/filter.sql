-- FILTER beside the whole
SELECT count(*) AS n, count(*) FILTER (WHERE l_returnflag = 'R') AS returned, sum(l_extendedprice) FILTER (WHERE l_discount > 0.05) AS discounted FROM tpch.lineitem;

-- FILTER in groups
SELECT region, sum(amount) FILTER (quarter = 'Q1') AS first, sum(amount) FILTER (WHERE quarter = 'Q2' AND amount IS NOT NULL) AS second FROM hand.sales GROUP BY region;

-- FILTER with DISTINCT and ORDER BY
SELECT list(DISTINCT product ORDER BY product) FILTER (WHERE amount > 5) AS products, string_agg(quarter, '+' ORDER BY quarter, amount) FILTER (region = 'south') AS quarters FROM hand.sales;

-- FILTER with a subquery
SELECT dept, count(*) FILTER (WHERE pay > (SELECT avg(pay) FROM hand.staff)) AS above FROM hand.staff GROUP BY dept;
