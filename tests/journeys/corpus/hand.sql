-- The small dataset that was made by hand: nested values, JSON text, NULL, NaN, unicode, no rows.

CREATE TABLE things AS FROM (VALUES
  (1, 'Kettle', ['kitchen', 'steel'], {'city': 'Wenzhou', 'post code': '325000', 'place': {'lat': 28.0::DOUBLE, 'lon': 120.7::DOUBLE}},
   MAP {'weight': 12, 'height': 30}, '{"a": 1, "b": [1, 2, 3], "c": {"d": "x"}}', 19.90, 0.5,
   TIMESTAMP '2026-01-31 10:15:30.123456', TIMESTAMPTZ '2026-01-31 10:15:30+08', DATE '2020-02-29', '08:30:00', true),
  (2, 'Lamp', ['light'], {'city': 'Ningbo', 'post code': NULL, 'place': {'lat': 29.9, 'lon': 121.5}},
   MAP {'weight': 7}, '{"a": 2, "b": [], "c": null}', 45.00, 'NaN'::DOUBLE,
   TIMESTAMP '2026-02-28 23:59:59', TIMESTAMPTZ '2026-02-28 23:59:59Z', DATE '1999-12-31', '23:59:59', false),
  (3, '灯笼', ['light', 'paper', '红'], {'city': '温州', 'post code': '325000', 'place': NULL},
   MAP {'weight': NULL, 'height': 40}, '{"a": "three"}', 8.25, NULL,
   TIMESTAMP '1969-12-31 23:00:00', TIMESTAMPTZ '2026-03-01 00:30:00+08', DATE '2026-03-01', '00:00:00', NULL),
  (4, '', [], NULL, MAP {}, '[]', 0.00, 'Infinity'::DOUBLE,
   NULL, NULL, NULL, NULL, true),
  (5, NULL, NULL, {'city': NULL, 'post code': '', 'place': {'lat': NULL, 'lon': NULL}}, NULL, NULL, NULL, -0.0,
   TIMESTAMP '2026-12-31 00:00:00', TIMESTAMPTZ '2026-12-31 00:00:00-05', DATE '0001-01-01', '12:00:00', false),
  (6, 'O''Brien "🙂"', [NULL, 'x', 'x'], {'city': 'Ningbo', 'post code': '315000', 'place': {'lat': 29.8, 'lon': 121.6}},
   MAP {'': 1}, '{"a": -4.5, "e": "é", "b": [10]}', -3.50, -2.25,
   TIMESTAMP '2026-01-31 10:15:30', TIMESTAMPTZ '2026-01-31 02:15:30Z', DATE '2024-02-29', '08:30:00', true)
) t(id, name, tags, home, marks, doc, price, ratio, seen, zoned, born, hour, ok);

CREATE TABLE sales AS FROM (VALUES
  ('north', 'tea', 'Q1', 10, 2025), ('north', 'tea', 'Q2', 12, 2025), ('north', 'silk', 'Q1', 5, 2025),
  ('north', 'silk', 'Q2', NULL, 2025), ('south', 'tea', 'Q1', 7, 2025), ('south', 'tea', 'Q2', 9, 2025),
  ('south', 'silk', 'Q1', 11, 2025), ('south', 'silk', 'Q2', 13, 2025), ('south', 'jade', 'Q1', 1, 2026),
  ('north', 'tea', 'Q1', 14, 2026), ('south', 'tea', 'Q1', 3, 2026), (NULL, 'tea', 'Q1', 2, 2026)
) t(region, product, quarter, amount, year);

CREATE TABLE widths AS FROM (VALUES (1, 10, 20, NULL), (2, NULL, 40, 60), (3, 70, NULL, NULL))
  t(id, jan, feb, mar);

CREATE TABLE readings AS SELECT * REPLACE (value::DOUBLE AS value) FROM (VALUES
  ('a', TIMESTAMP '2026-05-01 00:00:00', 1.0), ('a', TIMESTAMP '2026-05-01 00:10:00', 2.5),
  ('a', TIMESTAMP '2026-05-01 00:25:00', 4.0), ('a', TIMESTAMP '2026-05-01 01:00:00', NULL),
  ('b', TIMESTAMP '2026-05-01 00:05:00', 10.0), ('b', TIMESTAMP '2026-05-01 00:30:00', 7.5),
  ('c', TIMESTAMP '2026-05-01 00:15:00', 3.0)
) t(sensor, taken, value);

CREATE TABLE calibrations AS FROM (VALUES
  ('a', TIMESTAMP '2026-05-01 00:05:00', 2), ('a', TIMESTAMP '2026-05-01 00:20:00', 3),
  ('b', TIMESTAMP '2026-04-30 00:00:00', 5), ('d', TIMESTAMP '2026-05-01 00:00:00', 9)
) t(sensor, since, factor);

CREATE TABLE edges AS FROM (VALUES
  (1, 2, 4), (1, 3, 1), (3, 2, 1), (2, 4, 5), (3, 4, 9), (4, 5, 2), (6, 7, 1), (5, 3, 1)
) t(origin, target, cost);

CREATE TABLE staff AS FROM (VALUES
  (1, 'Chen', NULL, 'board', 90), (2, 'Lin', 1, 'sales', 60), (3, 'Wu', 1, 'lab', 65),
  (4, 'Zhou', 2, 'sales', 40), (5, 'Xu', 2, 'sales', 40), (6, 'Ye', 3, 'lab', NULL), (7, 'Pan', 4, NULL, 30)
) t(id, name, boss, dept, pay);

CREATE TABLE odd ("select" INTEGER, "a b" VARCHAR, "Größe" DOUBLE, "UPPER" INTEGER, "d""q" VARCHAR);
INSERT INTO odd VALUES (1, 'x', 1.75, 10, 'q'), (2, 'y', NULL, 20, NULL), (2, 'X', 1.60, 30, '');

CREATE TABLE nothing (id INTEGER, name VARCHAR, tags VARCHAR[], price DECIMAL(9, 2));
