-- parts of structs
SELECT id, home.city, home['post code'] AS code, home.place.lat AS lat, (home).place['lon'] AS lon FROM hand.things;

-- struct functions
SELECT id, struct_extract(home, 'city') AS city, struct_pack(a := id, b := name) AS packed, {'n': name, 'p': price} AS made, row(id, ok) AS tuple FROM hand.things;

-- struct changed
SELECT id, struct_insert(home, land := 'cn') AS more FROM hand.things WHERE home IS NOT NULL;

-- parts of lists
SELECT id, tags[1] AS first, tags[-1] AS last, tags[2:] AS rest, tags[:-2] AS front, len(tags) AS n FROM hand.things;

-- list tests
SELECT id, list_contains(tags, 'light') AS light, list_has_any(tags, ['paper', 'x']) AS any, list_has_all(tags, ['x']) AS all_, list_position(tags, 'paper') AS place, 'steel' IN tags AS steel FROM hand.things;

-- lists made and changed
SELECT id, list_append(tags, name) AS more, list_concat(tags, ['z']) AS both, list_distinct(tags) AS once, list_sort(tags) AS sorted, list_reverse_sort(tags) AS down, list_reverse(tags) AS back FROM hand.things;

-- lists of numbers
SELECT list_sum([1, 2, 3]) AS s, list_avg([1.0, 2.0]) AS a, list_min([3, 1]) AS lo, list_max([3, 1]) AS hi, flatten([[1], [2, 3]]) AS flat, list_zip([1, 2], ['a', 'b']) AS pairs, list_slice([1, 2, 3, 4], 2, 3) AS middle, list_unique([1, 1, 2]) AS u;

-- array functions in other names
SELECT array_length(tags) AS n, array_contains(tags, 'x') AS has, array_to_string(tags, '/') AS joined, list_value(1, 2) AS made, list_select(['a', 'b', 'c'], [3, 1]) AS chosen, list_where([1, 2, 3], [true, false, true]) AS kept FROM hand.things;

-- maps
SELECT id, marks['weight'] AS weight, map_keys(marks) AS keys, map_values(marks) AS vals, cardinality(marks) AS n, map_contains(marks, 'height') AS tall FROM hand.things;

-- maps made
SELECT MAP {'a': 1, 'b': 2} AS literal, map(['x', 'y'], [1, 2]) AS made, map_from_entries([('k', 1)]) AS entries, map_entries(MAP {'a': 1}) AS back, map_concat(MAP {'a': 1}, MAP {'a': 2, 'b': 3}) AS joined, map_extract(MAP {'a': 1}, 'a') AS found;

-- maps out of groups
SELECT map_from_entries(list((product, total) ORDER BY product)) AS totals FROM (SELECT product, sum(amount) AS total FROM hand.sales GROUP BY product);

-- lists of structs in and out
SELECT dept, list({'n': name, 'p': pay} ORDER BY id) AS people FROM hand.staff GROUP BY dept;

-- fixed arrays
SELECT [1.0, 2.0, 3.0]::FLOAT[3] AS a, array_value(1, 2) AS b, array_distance([1.0, 2.0]::FLOAT[2], [4.0, 6.0]::FLOAT[2]) AS d, array_inner_product(array_value(1.0::FLOAT, 2.0::FLOAT), array_value(3.0::FLOAT, 4.0::FLOAT)) AS p;

-- comparing nested values
SELECT a.id, b.id AS other FROM hand.things a JOIN hand.things b ON a.tags = b.tags WHERE a.home IS DISTINCT FROM b.home OR a.id = b.id;

-- an aggregate by its name in text
-- refused the function `list_aggregate`
SELECT list_aggregate(tags, 'count') AS n FROM hand.things;

-- an enum by cast
SELECT 'b'::ENUM ('a', 'b') AS e, ['a', 'b']::ENUM ('a', 'b')[] AS l;

-- a union
-- refused the function `union_value`
SELECT union_value(k := id) AS u FROM hand.things;
