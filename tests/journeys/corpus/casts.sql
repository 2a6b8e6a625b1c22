-- casts between numbers
SELECT price::INTEGER AS i, price::DOUBLE AS d, CAST(price AS DECIMAL(12, 4)) AS more, id::TINYINT AS t, id::HUGEINT AS h, id::UBIGINT AS u, price::FLOAT AS f, ok::INTEGER AS b FROM hand.things;

-- casts to text and back
SELECT id::VARCHAR || '' AS t, price::TEXT AS p, seen::VARCHAR AS s, born::VARCHAR AS d, ok::VARCHAR AS b, tags::VARCHAR AS l, home::VARCHAR AS h, marks::VARCHAR AS m, '12'::INTEGER + 1 AS n FROM hand.things;

-- TRY_CAST
SELECT name, TRY_CAST(name AS INTEGER) AS n, TRY_CAST('2026-02-30' AS DATE) AS no_day, TRY_CAST(ratio AS INTEGER) AS r FROM hand.things;

-- casts of nested values
SELECT [1, 2]::VARCHAR[] AS l, {'a': 1}::STRUCT(a DOUBLE) AS s, '[1, 2]'::INTEGER[] AS parsed, MAP {'a': 1}::MAP(VARCHAR, DOUBLE) AS m;

-- casts of time
SELECT seen::DATE AS d, seen::TIME AS t, zoned::TIMESTAMP AS z, born::TIMESTAMP AS b, '2026-01-01'::DATE AS given, '10:11'::TIME AS at_, seen::TIMESTAMP_S AS secs, seen::TIMESTAMPTZ AS tz FROM hand.things WHERE seen IS NOT NULL;

-- literals of many types
SELECT 1 AS i, 1.5 AS d, 1e3 AS f, 'x' AS t, true AS b, NULL AS n, DATE '2026-01-01' AS day, INTERVAL '1 year 2 days' AS span, '\xAA'::BLOB AS raw, 170141183460469231731687303715884105727 AS huge, 1_000 AS grouped;

-- uuid, bit, big numbers
SELECT '47183823-2574-4bfd-b411-99ed177d3e43'::UUID AS u, '0101'::BIT AS b, 18446744073709551615::UBIGINT AS u8, (-9223372036854775808)::BIGINT AS i8, 99999999999999999999999999999999999999::DECIMAL(38, 0) AS d;

-- not numbers
SELECT ratio, isnan(ratio) AS nan, isinf(ratio) AS inf, isfinite(ratio) AS fin, ratio > 1 AS much, ratio = ratio AS same, greatest(ratio, 1.0) AS top FROM hand.things;

-- type names
SELECT typeof(id) AS i, typeof(price) AS p, typeof(tags) AS t, typeof(home) AS h, typeof(1 / 2) AS div, typeof(7 // 2) AS idiv, typeof(1.5 * 2) AS mul FROM hand.things LIMIT 1;
