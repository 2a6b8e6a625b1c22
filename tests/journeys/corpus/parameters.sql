-- in order
-- with [40, "sales"]
SELECT id FROM hand.staff WHERE pay >= ? AND dept = ?;

-- by number
-- with [3, "x"]
SELECT $2 || $1 AS t, $1 + 1 AS n, id FROM hand.staff WHERE id = $1;

-- in LIMIT and OFFSET (in order)
-- with [2, 1]
SELECT id FROM hand.staff ORDER BY id LIMIT ? OFFSET ?;

-- in a list, in BETWEEN
-- with [1, 3, 5]
SELECT id FROM hand.staff WHERE id IN (?, ?) OR id BETWEEN ? AND 6;

-- text that looks like SQL
-- with ["'; DROP TABLE x --"]
SELECT count(*) AS n, $1 AS shown FROM hand.staff WHERE name <> $1;
