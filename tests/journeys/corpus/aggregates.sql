-- sums and means
SELECT count(*), sum(l_quantity), avg(l_extendedprice), min(l_shipdate), max(l_shipdate), count(l_comment), product(l_discount + 1), fsum(l_tax), favg(l_tax) FROM tpch.lineitem WHERE l_orderkey < 500;

-- spread and quantiles
SELECT stddev(pay) AS s, stddev_pop(pay) AS sp, variance(pay) AS v, var_pop(pay) AS vp, median(pay) AS m, mode(dept) AS mo, quantile_cont(pay, 0.25) AS q, quantile_disc(pay, [0.25, 0.75]) AS qs, mad(pay) AS mad, skewness(pay) AS sk, kurtosis(pay) AS k, entropy(dept) AS e FROM hand.staff;

-- WITHIN GROUP
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY l_quantity) AS c, percentile_disc(0.9) WITHIN GROUP (ORDER BY l_extendedprice DESC) AS d, mode() WITHIN GROUP (ORDER BY l_shipmode) AS m FROM tpch.lineitem WHERE l_orderkey = 3;

-- two columns
SELECT corr(origin, cost) AS c, covar_pop(origin, cost) AS cp, covar_samp(origin, cost) AS cs, regr_slope(cost, origin) AS sl, regr_intercept(cost, origin) AS i, regr_r2(cost, origin) AS r2, regr_count(cost, origin) AS n FROM hand.edges;

-- extremes with what belongs to them
SELECT arg_max(name, pay) AS richest, arg_min(name, id) AS first, max_by(name, id) AS last, min_by(name, pay, 2) AS two, max(pay, 3) AS top, arg_max_null(name, id) AS n FROM hand.staff WHERE pay <> 40;

-- ordered
SELECT list(name ORDER BY pay DESC NULLS LAST, id) AS l, array_agg(id ORDER BY id DESC) AS a, string_agg(name, ', ' ORDER BY name) AS s, first(name ORDER BY id) AS f, last(name ORDER BY id) AS la, group_concat(dept ORDER BY id) AS g FROM hand.staff;

-- logical and bitwise
SELECT bool_and(ok) AS a, bool_or(ok) AS o, bit_and(id) AS ba, bit_or(id) AS bo, bit_xor(id) AS bx, count_if(price > 1) AS n, countif(ok) AS m FROM hand.things;

-- maps and histograms
SELECT histogram(dept) AS h, map_from_entries(list((id, name) ORDER BY id)) AS m, histogram(pay, [40, 60, 100]) AS bins FROM hand.staff WHERE pay IS NOT NULL;

-- approximate, where it is exact
SELECT approx_count_distinct(region) AS n FROM hand.sales WHERE product = 'tea';

-- any value of one
SELECT dept, any_value(dept) AS any, first(dept) AS first, arbitrary(dept) AS arb, count(*) AS n FROM hand.staff GROUP BY dept;

-- nested aggregates through queries
SELECT max(n) AS most, avg(n) AS mean FROM (SELECT o_custkey, count(*) AS n FROM tpch.orders GROUP BY o_custkey);

-- aggregates over nested values
SELECT list(tags ORDER BY id) AS l, max(home.city) AS c, count(home) AS n, min(tags) AS least, flatten(list(tags ORDER BY id)) AS all_ FROM hand.things;

-- numbers that do not fit
SELECT sum(9223372036854775807::BIGINT + (id - id)) AS s, avg(ratio) FILTER (isfinite(ratio)) AS a, max(ratio) AS m, min(ratio) AS l, count(ratio) AS n FROM hand.things;

-- a quantile of a sample
-- refused the function `reservoir_quantile`
SELECT reservoir_quantile(amount, 0.5, 100) AS q FROM hand.sales;

-- the most frequent, by approximation
-- refused the function `approx_top_k`
SELECT approx_top_k(product, 1) AS top FROM hand.sales;
