-- What `planner.yaml` says, as ordinary views over the raw tables.

CREATE SCHEMA tpch;
CREATE SCHEMA hand;

CREATE VIEW tpch.orders AS
SELECT * REPLACE (
  lpad(o_clerk[-3:], length(o_clerk)::INTEGER, '*') AS o_clerk,
  sha256('{outer}' || sha256('{inner}' || o_custkey::VARCHAR)) AS o_custkey)
FROM raw.tpch_orders
WHERE o_orderdate < DATE '1997-06-01' AND (o_totalprice < 250000 OR o_orderstatus = 'F');

CREATE VIEW tpch.customer AS
SELECT * REPLACE (
  sha256('{outer}' || sha256('{inner}' || c_custkey::VARCHAR)) AS c_custkey,
  NULL::DECIMAL(15, 2) AS c_acctbal)
FROM raw.tpch_customer WHERE c_acctbal >= 0;

CREATE VIEW tpch.lineitem AS
SELECT * EXCLUDE (l_tax) REPLACE (strftime(l_shipdate, '%Y') || '******' AS l_shipdate)
FROM raw.tpch_lineitem WHERE NOT (l_returnflag = 'R' AND l_linenumber > 3);

CREATE VIEW hand.things AS
SELECT * EXCLUDE (doc) REPLACE (
  sha256('{outer}' || sha256('{inner}' || price::VARCHAR)) AS price,
  NULL::VARCHAR[] AS tags)
FROM raw.hand_things WHERE ok IS NOT FALSE;

CREATE VIEW hand.sales AS
SELECT * REPLACE (sha256('{outer}' || sha256('{inner}' || product)) AS product)
FROM raw.hand_sales WHERE region IS NULL OR region = 'south';

CREATE VIEW hand.staff AS
SELECT * REPLACE (NULL::INTEGER AS pay, sha256('{outer}' || sha256('{inner}' || dept)) AS dept) FROM raw.hand_staff;

CREATE VIEW hand.edges AS FROM raw.hand_edges WHERE cost < 9;

CREATE VIEW tpch.supplier AS FROM raw.tpch_supplier;
CREATE VIEW tpch.nation AS FROM raw.tpch_nation;
CREATE VIEW tpch.region AS FROM raw.tpch_region;
CREATE VIEW tpch.part AS FROM raw.tpch_part;
CREATE VIEW tpch.partsupp AS FROM raw.tpch_partsupp;
CREATE VIEW hand.calibrations AS FROM raw.hand_calibrations;
CREATE VIEW hand.nothing AS FROM raw.hand_nothing;
CREATE VIEW hand.odd AS FROM raw.hand_odd;
CREATE VIEW hand.readings AS FROM raw.hand_readings;
CREATE VIEW hand.widths AS FROM raw.hand_widths;
