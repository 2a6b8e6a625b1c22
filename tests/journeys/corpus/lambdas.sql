-- transform, filter, reduce
SELECT id, list_transform(tags, lambda t: upper(t) || id) AS loud, list_filter(tags, lambda t: length(t) > 4) AS long, list_reduce([1, 2, 3, id], lambda a, b: a * b) AS product FROM hand.things;

-- a lambda with the place
SELECT list_transform([10, 20, 30], lambda x, i: x * i) AS weighted, list_filter([5, 6, 7], lambda x, i: i <> 2) AS kept;

-- a lambda inside a lambda
SELECT list_transform([[1, 2], [3]], lambda row: list_transform(row, lambda x: x + len(row))) AS nested;

-- a lambda that names a column and a parameter of its own name
SELECT id, list_transform([1, 2], lambda id: id * 10) AS shadowed FROM hand.things;

-- reduce with a start
SELECT dept, list_reduce(list(pay ORDER BY id), lambda a, b: coalesce(a, 0) + coalesce(b, 0), 100) AS total FROM hand.staff GROUP BY dept;

-- comprehension
SELECT id, [upper(t) FOR t IN tags] AS loud, [t FOR t IN tags IF t LIKE '%i%'] AS with_i FROM hand.things;

-- comprehension over a range, with a column inside
SELECT id, [x * id FOR x IN range(4) IF x % 2 = 1] AS odd FROM hand.things;

-- apply under its other names
SELECT list_apply([1, 2], lambda x: x - 1) AS a, array_filter(['p', NULL], lambda x: x IS NOT NULL) AS b, array_transform([1], lambda x: {'v': x}) AS c;
