-- ASOF: the calibration in force
SELECT r.sensor, r.taken, r.value * c.factor AS value FROM hand.readings r ASOF JOIN hand.calibrations c ON r.sensor = c.sensor AND r.taken >= c.since;

-- ASOF LEFT keeps what has none
SELECT r.sensor, r.taken, c.factor FROM hand.readings r ASOF LEFT JOIN hand.calibrations c ON r.sensor = c.sensor AND r.taken >= c.since;

-- ASOF USING
SELECT sensor, since, value FROM (SELECT sensor, taken AS since, value FROM hand.readings) ASOF JOIN hand.calibrations USING (sensor, since);

-- ASOF backwards, strictly
SELECT r.sensor, r.taken, c.since FROM hand.readings r ASOF LEFT JOIN hand.calibrations c ON r.sensor = c.sensor AND r.taken < c.since;

-- ASOF with groups above
SELECT c.factor, sum(r.value) AS total, count(*) AS n FROM hand.readings r ASOF JOIN hand.calibrations c ON r.sensor = c.sensor AND r.taken >= c.since GROUP BY ALL;

-- positional join of ordered queries
SELECT a.id, b.sensor FROM (SELECT id FROM hand.staff ORDER BY id) a POSITIONAL JOIN (SELECT sensor FROM hand.calibrations ORDER BY sensor, since) b;

-- positional join of values
SELECT * FROM (VALUES (1), (2), (3)) a(x) POSITIONAL JOIN (VALUES ('p'), ('q')) b(y);
