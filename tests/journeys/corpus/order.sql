-- NULLS and directions (in order)
SELECT id, pay FROM hand.staff ORDER BY pay DESC NULLS FIRST, id DESC;

-- by place, name and expression (in order)
SELECT id, pay * 2 AS twice FROM hand.staff ORDER BY 2 NULLS FIRST, length(name), id;

-- ORDER BY ALL (in order)
SELECT region, product, quarter, year FROM hand.sales ORDER BY ALL DESC NULLS LAST;

-- by what is not shown (in order)
SELECT name FROM hand.staff ORDER BY pay NULLS LAST, id;

-- LIMIT and OFFSET (in order)
SELECT o_orderkey FROM tpch.orders ORDER BY o_orderkey LIMIT 5 OFFSET 7;

-- OFFSET alone (in order)
SELECT id FROM hand.staff ORDER BY id OFFSET 5;

-- LIMIT by percent (in order)
SELECT id FROM hand.staff ORDER BY id LIMIT 50%;

-- LIMIT by an expression (in order)
SELECT id FROM hand.staff ORDER BY id LIMIT (SELECT 1 + 1);

-- FETCH FIRST (in order)
SELECT id FROM hand.staff ORDER BY id FETCH FIRST 3 ROWS ONLY;

-- special values (in order)
SELECT id, ratio FROM hand.things ORDER BY ratio NULLS LAST, id;

-- ordered below, limited (in order)
SELECT name FROM (SELECT id, name FROM hand.staff ORDER BY id DESC LIMIT 3) ORDER BY id;

-- no row
SELECT * FROM hand.staff LIMIT 0;
