-- UNNEST in the SELECT list
SELECT id, unnest(tags) AS tag FROM hand.things;

-- UNNEST in FROM
SELECT t.tag, count(*) AS n FROM hand.things h, unnest(h.tags) AS t(tag) GROUP BY t.tag;

-- UNNEST of a literal, with places
SELECT x, n FROM unnest([10, 20, 30]) WITH ORDINALITY AS t(x, n);

-- several UNNEST side by side
SELECT unnest([1, 2, 3]) AS a, unnest(['x', 'y']) AS b;

-- UNNEST of a struct
SELECT id, unnest(home) FROM hand.things;

-- recursive UNNEST
SELECT unnest([[1, 2], [3]], recursive := true) AS n;

-- UNNEST of a list of structs
-- refused unnest() with `recursive` or `max_depth`
SELECT unnest([{'a': 1, 'b': 'x'}, {'a': 2, 'b': 'y'}], max_depth := 2);

-- generate_subscripts
-- refused the function `generate_subscripts`
SELECT id, generate_subscripts(tags, 1) AS place FROM hand.things WHERE id IN (1, 3);

-- range as a table
SELECT range AS i FROM range(5);

-- generate_series with a step, joined
SELECT s.i, count(id) AS n FROM generate_series(1, 9, 2) AS s(i) LEFT JOIN hand.staff ON id = s.i GROUP BY s.i;

-- range of timestamps
SELECT r.t FROM range(TIMESTAMP '2026-01-01', TIMESTAMP '2026-01-02', INTERVAL 6 HOUR) AS r(t);

-- range over a column beside
SELECT e.origin, r.i FROM hand.edges e, range(e.cost) AS r(i) WHERE e.cost < 4;

-- days without readings
SELECT d::DATE AS day FROM generate_series(DATE '2026-04-30', DATE '2026-05-02', INTERVAL 1 DAY) AS g(d) ANTI JOIN hand.readings ON taken::DATE = d::DATE;
