"""What is taken of PyMySQL beneath its cursors: what a server tells of columns, and rows as sent.

Its cursors make an object of each value; here a row stays the packet that it came as. All that it
raises where a server breaks the protocol is one error of its own (`MALFORMED`).
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pymysql import err
from pymysql.constants import CR

MALFORMED = CR.CR_MALFORMED_PACKET
FAILED = (err.Error, OSError)
"""What a driver raises here."""
_TRIPPED: tuple[type[Exception], ...] = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError),
    *(RuntimeError, TypeError, ValueError, struct.error),
)


@contextmanager
def spoken() -> Iterator[None]:
    """Hold a server to the protocol, over whose breaches PyMySQL trips in many ways.

    Raises:
        pymysql.err.OperationalError: `MALFORMED`.
    """
    broken = False
    try:
        yield
    except _TRIPPED:
        broken = True
    if broken:
        raise err.OperationalError(MALFORMED, "")


class Answer:
    """The answer of a `pymysql.Connection` to a statement, whose rows are not fetched yet.

    Attributes:
        token: What the statement begins with, for no other does.
        open: Whether rows may still come.
        cut: Whether rows were left out.
    """

    def __init__(self, connection: Any, statement: str) -> None:
        self._connection = connection
        self.token = f"/* doumen {secrets.token_hex(8)} */"
        self.cut = False
        with spoken():
            self._connection.query(f"{self.token} {statement}", unbuffered=True)
        self._result = self._connection._result
        self.open = bool(self._result.unbuffered_active)

    @property
    def fields(self) -> Sequence[Any]:
        """What the server tells of each column, as `pymysql.protocol.FieldDescriptorPacket`."""
        return self._result.fields if self._result.field_count else []

    def packets(self, rows: int, size: int) -> list[bytes]:
        """The next rows; none: all have come.

        Args:
            rows: At most so many.
            size: Bytes, behind which no more rows are taken.

        Raises:
            pymysql.err.Error: it failed there, or the connection broke.
        """
        taken: list[bytes] = []
        held = 0
        read, data = self._connection._read_packet, b""
        try:
            with spoken():
                while self.open and len(taken) < rows and held < size:
                    packet = read()
                    if self._result._check_packet_is_eof(packet):
                        self.leave()
                    else:
                        data = packet.get_all_data()
                        taken.append(data)
                        held += len(data)
        except BaseException:
            self.leave()  # or PyMySQL would wait for more where its object ends
            raise
        return taken

    def drain(self) -> None:
        """Take what still comes, so that the connection can be asked again."""
        while self.packets(1 << 12, 1 << 20):
            pass

    def leave(self) -> None:
        """Expect no more rows."""
        self.open = False
        self._result.unbuffered_active = False
        self._result.connection = None


def rows(connection: Any, statement: str) -> list[tuple[Any, ...]]:
    """All rows of a statement that gives few, each value as text, or bytes where it is none.

    Raises:
        pymysql.err.Error: it failed there, or the connection broke.
    """
    with spoken():
        connection.query(statement)
    return list(connection._result.rows or ())
