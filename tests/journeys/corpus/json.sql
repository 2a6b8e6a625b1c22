-- by path
SELECT id, doc->'a' AS a, doc->>'a' AS text, doc->'$.b[0]' AS first, doc->>'$.c.d' AS d, json_extract(doc, '$.b') AS b, json_extract_string(doc, 'e') AS e FROM hand.things;

-- told
SELECT id, json_type(doc) AS t, json_array_length(doc, '$.b') AS n, json_keys(doc) AS k, json_valid(doc) AS ok, json_exists(doc, '$.c') AS c, json_contains(doc, '2') AS has FROM hand.things;

-- made
SELECT to_json({'a': id, 'b': tags}) AS j, json_object('id', id, 'name', name) AS o, json_array(id, price) AS l, json_merge_patch('{"a": 1}', '{"b": 2}') AS m, json_quote(name) AS q FROM hand.things;

-- cast
SELECT CAST('{"x": [1, 2]}' AS JSON) AS j, ('{"x": [1, 2]}'::JSON).x AS x, CAST('[1, 2]'::JSON AS INTEGER[]) AS l, from_json('{"a": 1}', '{"a": "INTEGER"}') AS s, json_transform('{"a": "7"}', '{"a": "INTEGER"}') AS t;

-- gathered
SELECT json_group_array(name) AS names, json_group_object(name, pay) AS pays FROM (SELECT name, pay FROM hand.staff ORDER BY id);

-- in conditions and groups
SELECT doc->>'a' AS a, count(*) AS n FROM hand.things WHERE json_array_length(doc->'b') > 0 OR doc->>'$.a' = 'three' GROUP BY 1;

-- unnested
SELECT id, unnest(CAST(doc->'$.b' AS INTEGER[])) AS b FROM hand.things WHERE id IN (1, 6);
