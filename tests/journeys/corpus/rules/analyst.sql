-- What `analyst.yaml` says, as ordinary views over the raw tables.

CREATE SCHEMA tpch;
CREATE SCHEMA hand;

CREATE VIEW tpch.lineitem AS
SELECT * REPLACE (
  NULL::VARCHAR AS l_shipmode,
  CASE WHEN length(l_comment) <= 4 THEN repeat('*', length(l_comment)) ELSE rpad(l_comment[1:4], length(l_comment)::INTEGER, '*') END AS l_comment)
FROM raw.tpch_lineitem WHERE l_shipdate >= DATE '1993-01-01' AND l_discount <> 0.03;

CREATE VIEW tpch.orders AS
SELECT * REPLACE (sha256('{outer}' || sha256('{inner}' || o_clerk)) AS o_clerk)
FROM raw.tpch_orders WHERE o_orderpriority <> '1-URGENT';

CREATE VIEW tpch.customer AS
SELECT * REPLACE (
  sha256('{outer}' || sha256('{inner}' || c_name)) AS c_name,
  c_phone[1:3] || repeat('#', length(c_phone) - 5) || c_phone[-2:] AS c_phone,
  NULL::VARCHAR AS c_address)
FROM raw.tpch_customer WHERE c_mktsegment IN ('BUILDING', 'MACHINERY', 'FURNITURE');

CREATE VIEW tpch.supplier AS
SELECT * REPLACE (
  sha256('{outer}' || sha256('{inner}' || s_name)) AS s_name,
  lpad(s_phone[-4:], length(s_phone)::INTEGER, '*') AS s_phone)
FROM raw.tpch_supplier;

CREATE VIEW hand.things AS
SELECT * REPLACE (
  sha256('{outer}' || sha256('{inner}' || name)) AS name,
  NULL::STRUCT(city VARCHAR, "post code" VARCHAR, place STRUCT(lat DOUBLE, lon DOUBLE)) AS home,
  CASE WHEN length(doc) <= 2 THEN repeat('*', length(doc)) ELSE doc[1] || repeat('*', length(doc) - 2) || doc[-1] END AS doc)
FROM raw.hand_things WHERE id <> 2;

CREATE VIEW hand.staff AS
SELECT * REPLACE (rpad(name[1], length(name)::INTEGER, '*') AS name) FROM raw.hand_staff WHERE dept IS NOT NULL;

CREATE VIEW hand.readings AS FROM raw.hand_readings WHERE value IS NULL OR value < 8;

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
