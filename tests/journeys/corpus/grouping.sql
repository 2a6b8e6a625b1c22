-- ROLLUP with GROUPING (in order)
SELECT region, product, grouping(region, product) AS level, sum(amount) AS total FROM hand.sales GROUP BY ROLLUP (region, product) ORDER BY level, region NULLS FIRST, product;

-- CUBE
SELECT region, quarter, count(*) AS n, grouping(region) AS all_regions FROM hand.sales GROUP BY CUBE (region, quarter);

-- GROUPING SETS
SELECT region, product, quarter, sum(amount) AS total FROM hand.sales GROUP BY GROUPING SETS ((region, product), (quarter), ());

-- sets beside a plain key
SELECT year, region, sum(amount) AS total FROM hand.sales GROUP BY year, ROLLUP (region);

-- ROLLUP over expressions and outputs
SELECT o_orderstatus, year(o_orderdate) AS year, count(*) AS n, grouping_id(o_orderstatus, year(o_orderdate)) AS id FROM tpch.orders GROUP BY ROLLUP (o_orderstatus, year(o_orderdate));

-- GROUP BY ALL (in order)
SELECT l_returnflag, l_linestatus, sum(l_quantity) AS quantity, avg(l_discount) AS discount FROM tpch.lineitem GROUP BY ALL ORDER BY ALL;

-- by place and by the name of an output
SELECT upper(region) AS place, quarter, max(amount) AS top FROM hand.sales GROUP BY place, 2;

-- the empty set of keys
SELECT count(*) AS n, sum(price) AS total FROM hand.nothing GROUP BY ();

-- no key over no rows
SELECT count(*), sum(price), list(id), min(name) FROM hand.nothing;

-- a key over no rows
SELECT name, count(*) FROM hand.nothing GROUP BY name;

-- HAVING over an aggregate that is not shown
SELECT product FROM hand.sales GROUP BY product HAVING sum(amount) > 20 AND count(DISTINCT region) = 2;
