-- PIVOT as a statement, values given
PIVOT hand.sales ON quarter IN ('Q1', 'Q2') USING sum(amount) GROUP BY region;

-- PIVOT as a statement, several aggregates
PIVOT (SELECT region, product, amount FROM hand.sales) ON product IN ('tea', 'silk') USING sum(amount) AS total, count(*) AS n GROUP BY region;

-- PIVOT in FROM
SELECT * FROM (SELECT region, quarter, amount FROM hand.sales) PIVOT (sum(amount) FOR quarter IN ('Q1', 'Q2')) AS p;

-- PIVOT in FROM over two columns
FROM (SELECT product, quarter, year, amount FROM hand.sales) PIVOT (max(amount) FOR year IN (2025, 2026) quarter IN ('Q1', 'Q2') GROUP BY product);

-- PIVOT with names for the values
SELECT region, first, second FROM (SELECT region, quarter, amount FROM hand.sales) PIVOT (sum(amount) FOR quarter IN ('Q1' AS first, 'Q2' AS second));

-- PIVOT of a query below another
WITH p AS (PIVOT tpch.orders ON o_orderstatus IN ('F', 'O', 'P') USING count(*) GROUP BY o_orderpriority) SELECT o_orderpriority, "F" + "O" + "P" AS n FROM p;

-- UNPIVOT as a statement
UNPIVOT hand.widths ON jan, feb, mar INTO NAME month VALUE width;

-- UNPIVOT as a statement over COLUMNS
UNPIVOT hand.widths ON COLUMNS(* EXCLUDE id) INTO NAME month VALUE width;

-- UNPIVOT in FROM
SELECT id, month, width * 2 AS twice FROM hand.widths UNPIVOT (width FOR month IN (jan, feb, mar));

-- UNPIVOT that keeps NULL
SELECT * FROM hand.widths UNPIVOT INCLUDE NULLS (width FOR month IN (jan, feb, mar));

-- UNPIVOT of several columns at once
SELECT * FROM (SELECT id, jan, feb, mar, id AS other FROM hand.widths) UNPIVOT ((one, two) FOR half IN ((jan, feb), (mar, other)));
