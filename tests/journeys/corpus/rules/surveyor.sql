-- What `surveyor.yaml` says, as ordinary views over the raw tables.

CREATE SCHEMA tpch;
CREATE SCHEMA hand;

CREATE VIEW tpch.orders AS
SELECT * REPLACE (
  make_date(year(o_orderdate), month(o_orderdate), 1) AS o_orderdate,
  CASE WHEN o_totalprice < 50000 THEN '< 50000' WHEN o_totalprice < 150000.5 THEN '[50000, 150000.5)'
    WHEN o_totalprice < 300000 THEN '[150000.5, 300000)' ELSE '>= 300000' END AS o_totalprice)
FROM raw.tpch_orders WHERE o_orderstatus <> 'P';

CREATE VIEW tpch.lineitem AS
SELECT * REPLACE (
  make_date(year(l_shipdate), 1, 1) AS l_shipdate,
  (floor(l_quantity / 10) * 10)::DECIMAL(15, 2) AS l_quantity)
FROM raw.tpch_lineitem;

CREATE VIEW tpch.customer AS
SELECT * REPLACE (
  CASE WHEN c_acctbal < 0 THEN '< 0' WHEN c_acctbal < 5000 THEN '[0, 5000)' ELSE '>= 5000' END AS c_acctbal,
  CASE c_mktsegment WHEN 'BUILDING' THEN 'works' WHEN 'MACHINERY' THEN 'works' WHEN 'HOUSEHOLD' THEN 'home' END AS c_mktsegment)
FROM raw.tpch_customer;

CREATE VIEW hand.things AS
SELECT * REPLACE (
  CASE WHEN isnan(ratio) THEN NULL WHEN ratio < 0 THEN '< 0' WHEN ratio < 1 THEN '[0, 1)' WHEN ratio >= 1 THEN '>= 1' END AS ratio,
  (floor(price / 5) * 5)::DECIMAL(4, 2) AS price,
  make_date(year(seen), 3 * quarter(seen) - 2, 1) AS seen,
  CASE WHEN born < DATE '2000-01-01' THEN '< 2000-01-01' WHEN born < DATE '2024-02-29' THEN '[2000-01-01, 2024-02-29)'
    WHEN born IS NOT NULL THEN '>= 2024-02-29' END AS born)
FROM raw.hand_things;

CREATE VIEW hand.staff AS
SELECT * REPLACE (
  pay // 25 * 25 AS pay,
  CASE dept WHEN 'sales' THEN 'office' WHEN 'board' THEN 'office' END AS dept)
FROM raw.hand_staff;

CREATE VIEW hand.readings AS SELECT * REPLACE (floor(value / 2.5) * 2.5 AS value) FROM raw.hand_readings;

CREATE VIEW tpch.supplier AS FROM raw.tpch_supplier;
CREATE VIEW tpch.nation AS FROM raw.tpch_nation;
CREATE VIEW tpch.region AS FROM raw.tpch_region;
CREATE VIEW tpch.part AS FROM raw.tpch_part;
CREATE VIEW tpch.partsupp AS FROM raw.tpch_partsupp;
CREATE VIEW hand.calibrations AS FROM raw.hand_calibrations;
CREATE VIEW hand.edges AS FROM raw.hand_edges;
CREATE VIEW hand.nothing AS FROM raw.hand_nothing;
CREATE VIEW hand.odd AS FROM raw.hand_odd;
CREATE VIEW hand.sales AS FROM raw.hand_sales;
CREATE VIEW hand.widths AS FROM raw.hand_widths;
