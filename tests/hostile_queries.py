# ruff: noqa: E501, RUF001 - each line is a kind of attack; odd digits are the point
"""What is tried in filters, sorts and searches: quotes, comments, unions, waits, odd characters."""

WORDS = """
' OR '1'='1|" OR ""="|') OR ('1'='1|1 OR 1=1|1' OR 1=1 --|1) OR (1=1|' OR 1=1#|' OR 'a' LIKE 'a|-1 OR 1
' UNION SELECT NULL --|' UNION ALL SELECT NULL,NULL,NULL --|1 UNION SELECT name FROM sqlite_master
' UNION SELECT table_name FROM information_schema.tables --|'; DROP TABLE event; --|1; DELETE FROM flag
1; SELECT pg_sleep(5)|'; SELECT pg_sleep(5) --|' || pg_sleep(5) || '|1 AND (SELECT 1 FROM pg_sleep(5))
' AND 1=(SELECT count(*) FROM generate_series(1,10000000)) --|randomblob(1000000000)|load_extension('x')
' AND extractvalue(1,concat(0x7e,version())) --|1 AND 1=CAST(version() AS int)|(SELECT version())
id; --|id DESC|id ASC, (SELECT 1)|-id|--id|name COLLATE NOCASE|1,2,3|(CASE WHEN 1=1 THEN id ELSE name END)
id LIMIT 1000000|id OFFSET 0|id FOR UPDATE|*|count(*)|password|people.name|"id"|`id`|[id]|id/**/desc
%|%%|%s|%(x)s|_|\\|\\'|\\\\'|''|'''|"|""|;|--|#|/*|*/|:x|?|$1|$$|$$a$$|@@version|{0}|{{7*7}}|${7*7}|<%=7%>
0|-1|1|1.5|1e3|1e999|NaN|Infinity|-Infinity|0x10|9223372036854775807|9223372036854775808|-9223372036854775809
99999999999999999999999999|+1| 1|1 |1_000|１|²|true|false|null|NULL|None|undefined|[]|{}|[1]|{"a":1}|[object]
2026-01-01|2026-13-45|0000-01-01T00:00:00Z|9999-12-31T23:59:59Z|yesterday|1970-01-01T00:00:00
"""
ODD = (
    "", " ", "\t", "a\nb", "a\r\nSet-Cookie: x=1", "a\x00b", "\x1b[31mred", "\ufeff", "\u202eabc",
    "\u0301", "\U0001f600", "\ufffd", "é" * 200, "a" * 2_000, "(" * 500, "%27%20OR%201=1", "../../etc",
    "<script>alert(1)</script>", "eyJhIjoxfQ", "bnVsbA", "MQ", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ",
)  # fmt: skip
QUERIES = (*(word for line in WORDS.strip().splitlines() for word in line.split("|")), *ODD)
