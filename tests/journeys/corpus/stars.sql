-- star over a join
SELECT * FROM hand.readings r JOIN hand.calibrations c ON r.sensor = c.sensor AND r.taken > c.since;

-- star of one side
SELECT c.*, r.value FROM hand.readings r JOIN hand.calibrations c USING (sensor);

-- EXCLUDE
SELECT * EXCLUDE (doc, home, marks) FROM hand.things;

-- EXCLUDE of one side
SELECT * EXCLUDE (r.sensor, factor) FROM hand.readings r JOIN hand.calibrations c ON r.sensor = c.sensor;

-- REPLACE
SELECT * REPLACE (upper(name) AS name, pay * 2 AS pay) FROM hand.staff;

-- RENAME
SELECT * RENAME (name AS called, pay AS wage) FROM hand.staff;

-- EXCLUDE, REPLACE and RENAME together
SELECT * EXCLUDE (boss) REPLACE (pay + 1 AS pay) RENAME (dept AS place) FROM hand.staff;

-- star LIKE
SELECT id, * LIKE '%a%' FROM hand.staff;

-- star SIMILAR TO
SELECT * SIMILAR TO '(id|jan|mar)' FROM hand.widths;

-- COLUMNS of a pattern
SELECT COLUMNS('^l_(order|line)') FROM tpch.lineitem WHERE l_orderkey < 20;

-- COLUMNS in a function
SELECT max(COLUMNS(* EXCLUDE id)) FROM hand.widths;

-- COLUMNS with names made from a pattern
-- refused a part of a pattern in a name
SELECT COLUMNS('(j|f)(a|e)(n|b)') AS 'm_\1\3' FROM hand.widths;

-- COLUMNS of a lambda
SELECT COLUMNS(lambda c: c LIKE '%a%') FROM hand.widths;

-- COLUMNS of a list, in WHERE
SELECT id FROM hand.widths WHERE COLUMNS(['jan', 'feb']) > 5;

-- COLUMNS unpacked
SELECT id, coalesce(*COLUMNS('jan|feb|mar')) AS some, greatest(*COLUMNS(* EXCLUDE id)) AS top FROM hand.widths;

-- count of every column
SELECT count(COLUMNS(*)) FROM hand.staff;

-- quoted and unicode names
SELECT "select", "a b" || '!' AS "c d", "Größe" * 2 AS größe, upper, "d""q" FROM hand.odd;

-- names without regard to case keep the contract's
SELECT SELECT_, o."A B", O."größe" FROM (SELECT *, "select" AS Select_ FROM hand.odd) O;
