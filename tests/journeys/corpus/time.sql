-- parts of dates
SELECT o_orderkey, year(o_orderdate) AS y, month(o_orderdate) AS m, quarter(o_orderdate) AS q, week(o_orderdate) AS w, dayofyear(o_orderdate) AS d, isodow(o_orderdate) AS i, dayname(o_orderdate) AS name, extract(decade FROM o_orderdate) AS decade FROM tpch.orders WHERE o_orderkey < 500;

-- parts of timestamps
SELECT id, hour(seen) AS h, minute(seen) AS m, second(seen) AS s, microsecond(seen) AS us, date_part('epoch', seen) AS e, date_part(['year', 'month'], seen) AS both, epoch_ms(seen) AS ms FROM hand.things;

-- cut and added
SELECT id, date_trunc('month', seen) AS month, time_bucket(INTERVAL '1 week', born) AS week, seen + INTERVAL 1 MONTH AS later, born - INTERVAL '1' YEAR AS before, last_day(born) AS last, born + 3 AS days FROM hand.things;

-- differences
SELECT id, date_diff('day', born, DATE '2026-01-01') AS days, date_sub('month', born, DATE '2026-01-01') AS months, DATE '2026-01-01' - born AS minus, seen - TIMESTAMP '2026-01-01' AS span, age(TIMESTAMP '2026-06-01', seen) AS age FROM hand.things;

-- zones
SELECT id, zoned, zoned AT TIME ZONE 'Asia/Shanghai' AS local, seen AT TIME ZONE 'America/New_York' AS ny, timezone('UTC', zoned) AS utc, hour(zoned) AS h, zoned + INTERVAL 1 DAY AS next, date_trunc('day', zoned) AS day FROM hand.things;

-- text of times, and back
SELECT strftime(seen, '%d.%m.%Y %H:%M:%S.%f') AS s, strftime(born, '%A %j') AS d, strptime('03/04/2026', '%d/%m/%Y') AS p, try_strptime('x', '%Y') AS no FROM hand.things;

-- times made
SELECT make_date(2026, 2, 28) AS d, make_timestamp(2026, 1, 2, 3, 4, 5.5) AS t, make_time(1, 2, 3.25) AS h, to_days(3) AS days, to_timestamp(0) AS epoch, epoch_ms(1000) AS ms, TIMESTAMP 'epoch' AS zero, DATE 'infinity' AS never;

-- intervals compared and multiplied
SELECT INTERVAL 1 MONTH * 3 AS m, INTERVAL 1 DAY > INTERVAL 23 HOUR AS more, max(to_minutes(cost)) AS most FROM hand.edges;

-- grouped by week
SELECT date_trunc('week', l_shipdate) AS week, count(*) AS n, min(l_receiptdate - l_shipdate) AS quickest FROM tpch.lineitem WHERE l_shipdate BETWEEN DATE '1995-03-01' AND DATE '1995-04-30' GROUP BY week;

-- the job's time is one
SELECT now() = current_timestamp AS same, now() - now() AS none, current_date = today() AS day, count(DISTINCT now()) AS n FROM hand.staff;
