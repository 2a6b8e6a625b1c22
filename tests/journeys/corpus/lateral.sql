-- the three dearest orders of each customer (in order)
SELECT c.c_custkey, top.o_orderkey, top.o_totalprice
FROM tpch.customer c,
  LATERAL (SELECT o_orderkey, o_totalprice FROM tpch.orders WHERE o_custkey = c.c_custkey ORDER BY o_totalprice DESC, o_orderkey LIMIT 3) top
WHERE c.c_custkey < 40
ORDER BY ALL;

-- left join of a lateral query keeps the left side (in order)
SELECT n.n_name, s.best
FROM tpch.nation n LEFT JOIN LATERAL (SELECT max(s_acctbal) AS best FROM tpch.supplier WHERE s_nationkey = n.n_nationkey AND s_acctbal > 9000) s ON true
ORDER BY n.n_name;

-- without the word LATERAL
SELECT t.id, d.twice FROM hand.things t, (SELECT t.id * 2 AS twice) d;

-- one lateral query after another
SELECT a.id, b.x, c.y FROM hand.things a, LATERAL (SELECT a.id + 1 AS x) b, LATERAL (SELECT b.x * a.id AS y) c;

-- lateral unnest of the tags
SELECT t.id, u.tag FROM hand.things t, LATERAL unnest(t.tags) AS u(tag);

-- earlier output used in a later one
SELECT l_orderkey, l_linenumber, l_extendedprice * (1 - l_discount) AS net, net * (1 + l_tax) AS gross
FROM tpch.lineitem WHERE l_orderkey < 50;
