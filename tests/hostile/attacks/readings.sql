-- Texts that two parsers may read differently: quotes, comments, escapes, signs, words.
-- @ each 2
-- means
nested-comment: id /* /* */ , secret -- */
comment-in-quotes: '/*', id, '*/'
comment-to-end: id -- , secret
comment-with-return: id -- \u000d, secret
comment-with-separator: id -- \u2028, secret
comment-unclosed: id /* , secret
dollar-string: $$secret$$, $a$ $$ $a$
dollar-tag: $x$ ' $x$, secret, $x$ ' $x$
dollar-unicode-tag: $é$ ' $é$, unseen
escape-string: E'\'', id, E'\''
escape-breaks-out: E'a\', secret, E'b'
escape-hex: E'\x27', secret, '
backslash: '\', secret, '\'
doubled-quote: '''', secret, ''''
unicode-string: U&'\0073', id
unicode-name: U&"\0073ecret"
bit-string: b'01', x'41', B'1', X'7'
national-string: n'a', N'secret'
adjacent-strings: 'a' 'b', id
adjacent-lines: 'a'\u000a'b', id
null-byte: id, '\u0000', secret
null-byte-in-name: "id\u0000secret"
byte-order-mark: \ufeffid
no-break-space: id\u00a0,\u00a0secret
ideographic-space: id\u3000AS\u3000a
fullwidth-comma: id\uff0csecret
zero-width-comma: id\u200b,secret
right-to-left: id \u202e, terces\u202c
line-separator: id\u2028, name
vertical-tab: id\u000b, name
form-feed: id\u000c, name
numbers: 1_000, 0x1F, 0b11, 0o17, 1e2, .5, 5., 1__0
number-then-name: 1id, 2secret
big-number: 999999999999999999999999999999999999999999999999999
keywords-as-names: id AS "select", name AS "from"
keyword-alias: id from_, name at
operators: id @> 1, id ^ 2, id ** 2, id // 2, ~id, id <=> 1, id !~ 1, @id
custom-operators: id &&& 1, id <-> 2, id ->> 1, !id, id!
typed-literal: DATE'2026-01-01', INTERVAL'1'DAY, "date"'2026-01-01'
cast-chain: id::VARCHAR::INT::"text", name::"secret"
parameter-like: $secret, :secret, @secret, ?1
placeholder-in-string: '?', '$1'
colon-alias: a: id, b: secret
dotted-number: people.1, people . id
method-chain: id.secret().name, (id).abs()
slice-or-cast: [id][1:2:3], tags[secret:]
lambda-or-json: id -> secret, name -> '$.a'
if-function: if(id > 0, secret, name), ifnull(secret, id)
position-form: position(secret IN name), substring(secret FROM 1 FOR 2)
extract-form: extract(year FROM secret), overlay(secret PLACING 'x' FROM 1)
trim-form: trim(BOTH secret FROM name)
is-forms: secret ISNULL, secret NOTNULL, id IS NOT DISTINCT FROM secret
array-forms: ARRAY[secret], {secret: 1}, MAP {'a': secret}, (id, secret)
-- places
output: SELECT {x} FROM v.people
subquery: SELECT * FROM (SELECT {x} FROM v.people) q
cte: WITH a AS (SELECT {x} FROM v.people) SELECT count(*) FROM a
after-string: SELECT 'x', {x} FROM v.people WHERE name <> ''
in-list: SELECT [{x}] FROM v.people
in-call: SELECT concat({x}) FROM v.people
order: SELECT id FROM v.people ORDER BY {x}
union: SELECT 1 UNION ALL SELECT {x} FROM v.people
from-first: FROM v.people SELECT {x}
-- whole
two-statements: SELECT 1; SELECT secret FROM v.people
only-comment: -- SELECT 1
empty: ;
brackets-unclosed: SELECT ((id) FROM v.people
name-quoted-end: SELECT "id FROM v.people
backtick: SELECT `secret` FROM `v`.`people`
square-name: SELECT [secret] FROM [v].[people]
slash-name: SELECT * FROM v/people
three-part: SELECT * FROM a.v.people
four-part: SELECT * FROM x.memory.v.people
at-sign: SELECT * FROM v.people@secret
table-keyword: TABLE v.people
values-only: VALUES (1, (SELECT secret FROM v.people))
select-into: SELECT * INTO t FROM v.people
for-update: SELECT * FROM v.people FOR UPDATE
with-ordinality: SELECT * FROM v.people WITH ORDINALITY
top: SELECT TOP 1 secret FROM v.people
as-struct: SELECT AS STRUCT secret FROM v.people
window-named: SELECT count(*) OVER secret FROM v.people WINDOW secret AS (ORDER BY unseen)
hints: SELECT /*+ INDEX(secret) */ id FROM v.people
connect: SELECT id FROM v.people CONNECT BY PRIOR secret = id
