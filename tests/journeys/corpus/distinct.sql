-- DISTINCT
SELECT DISTINCT l_returnflag, l_linestatus FROM tpch.lineitem;

-- DISTINCT with NULL and NaN
SELECT DISTINCT region, amount > 10 AS much FROM hand.sales;

-- DISTINCT ON (in order)
SELECT DISTINCT ON (o_custkey) o_custkey, o_orderkey, o_orderdate FROM tpch.orders WHERE o_custkey < 60 ORDER BY o_custkey, o_orderdate DESC, o_orderkey;

-- DISTINCT ON an expression, among several (in order)
SELECT DISTINCT ON (year(o_orderdate), o_orderstatus) o_orderkey, o_totalprice FROM tpch.orders ORDER BY year(o_orderdate), o_orderstatus, o_totalprice DESC, o_orderkey;

-- DISTINCT over nested values
SELECT DISTINCT home.city AS city, tags[1] AS tag FROM hand.things;

-- COUNT DISTINCT of several
SELECT count(DISTINCT region) AS regions, count(DISTINCT (region, product)) AS pairs, sum(DISTINCT year) AS years FROM hand.sales;
