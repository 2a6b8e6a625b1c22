"""What of SQL differs from place to place that drivers of ODBC reach: names, marks, transactions.

ODBC does not tell it where Arrow is read, so a place is asked for a sum that only one dialect does.
A mark is bound as text, and must come back as it was given before it is compared; so a dialect that
was taken for another is found out, and nothing is read wrongly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from doumen.rooms.collect.connectors.marks import Family

MOMENT = "2024-02-29 23:59:59.500000"
"""What the statement of a dialect (`Dialect.proof`) gives, and no other dialect does."""
FIRST = "CASE WHEN {0} IS NULL THEN 0 ELSE 1 END, {0}"
"""How every dialect orders with NULL first."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a place writes SQL.

    Attributes:
        proof: A statement that gives `MOMENT` in this dialect alone; empty: it needs none.
        opening: What stands before a name.
        closing: What stands behind it, and is doubled in it.
        casts: What makes of the text `?` a mark of a family; `{}` is the scale of a decimal. A
            family that is not among them is no cursor.
        outs: Expressions by which a column `{}` is read, by the Arrow type that the driver tells.
        begin: What begins a transaction of one moment that only reads, in UTC; empty: there is no
            such thing.
        nowhere: What stands behind values that come of no table.
    """

    proof: str = ""
    opening: str = '"'
    closing: str = '"'
    casts: Mapping[Family, str] = field(default_factory=dict)
    outs: Mapping[str, str] = field(default_factory=dict)
    begin: tuple[str, ...] = ()
    nowhere: str = ""

    def quoted(self, *names: str) -> str:
        """A name, or a chain of them."""
        return ".".join(
            f"{self.opening}{name.replace(self.closing, 2 * self.closing)}{self.closing}"
            for name in names
        )


MYSQL = Dialect(
    proof="SELECT CAST(CAST('2024-02-29 23:59:59.5' AS DATETIME(6)) AS CHAR(26)) AS proof",
    opening="`",
    closing="`",
    casts={
        Family.INTEGER: "CAST(? AS SIGNED)",
        Family.DECIMAL: "CAST(? AS DECIMAL(65,{}))",
        Family.DATE: "CAST(? AS DATE)",
        Family.TIMESTAMP: "CAST(? AS DATETIME(6))",
    },
    # the server shows six digits of a float; its driver gives bits and moments as other than text
    outs={
        "float": "{} + 0e0",
        "bool": "{} + 0",
        "timestamp": "CAST({} AS CHAR(26))",
        "time": "CAST({} AS CHAR(17))",
    },
    begin=(
        "SET SESSION time_zone = '+00:00', sql_select_limit = 18446744073709551615",
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    ),
)
SQL_SERVER = Dialect(
    proof="SELECT CONVERT(VARCHAR(26), CAST('2024-02-29T23:59:59.5' AS DATETIME2(6)), 121) "
    "AS proof",
    casts={
        Family.INTEGER: "CAST(? AS BIGINT)",
        Family.DECIMAL: "CAST(? AS DECIMAL(38,{}))",
        Family.DATE: "CAST(? AS DATE)",
        Family.TIMESTAMP: "CAST(? AS DATETIME2(6))",
    },
)
ORACLE = Dialect(
    proof="SELECT TO_CHAR(TO_TIMESTAMP('2024-02-29 23:59:59.5', 'YYYY-MM-DD HH24:MI:SS.FF6'), "
    "'YYYY-MM-DD HH24:MI:SS.FF6') AS proof FROM dual",
    casts={
        Family.INTEGER: "CAST(? AS NUMBER(19))",
        Family.DECIMAL: "CAST(? AS NUMBER(38,{}))",
        Family.DATE: "TO_DATE(?, 'YYYY-MM-DD')",
        Family.TIMESTAMP: "TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS.FF6')",
    },
    begin=("ALTER SESSION SET TIME_ZONE = '+00:00'", "SET TRANSACTION READ ONLY"),
    nowhere=" FROM dual",
)
STANDARD = Dialect(
    casts={
        Family.INTEGER: "CAST(? AS BIGINT)",
        Family.DECIMAL: "CAST(? AS DECIMAL(38,{}))",
        Family.DATE: "CAST(? AS DATE)",
        Family.TIMESTAMP: "CAST(? AS TIMESTAMP(6))",
    },
    begin=(
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        "SET TIME ZONE INTERVAL '+00:00' HOUR TO MINUTE",
        "SELECT 1 AS one",  # the moment from which all is read
    ),
)
"""SQL as ISO 9075 has it: what no other dialect is."""
KNOWN = (MYSQL, SQL_SERVER, ORACLE)
