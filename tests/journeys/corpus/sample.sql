-- all rows by percent
SELECT count(*) AS n FROM hand.staff TABLESAMPLE bernoulli(100%) REPEATABLE (7);

-- some rows by percent
SELECT id FROM hand.staff USING SAMPLE 50 PERCENT (bernoulli, 42);

-- a sample below a condition
SELECT count(*) AS n FROM (SELECT l_orderkey FROM tpch.lineitem USING SAMPLE 10% (bernoulli, 3)) WHERE l_orderkey > 0;

-- no row
SELECT id FROM hand.staff TABLESAMPLE bernoulli(0%) REPEATABLE (1);

-- a number of rows
-- refused a sample of a number of rows
SELECT id FROM hand.staff USING SAMPLE 100 ROWS (reservoir, 42);

-- another method
-- refused a sample by another method than bernoulli
SELECT count(*) AS n FROM hand.staff TABLESAMPLE reservoir(100%) REPEATABLE (7);
