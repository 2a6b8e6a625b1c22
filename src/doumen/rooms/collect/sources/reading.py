"""What a reader is: it looks at one sort of place, and reads the streams of it on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from doumen.gate.desk import Desk
from doumen.model.answer import Made
from doumen.model.errors import DoumenError
from doumen.model.message import Message
from doumen.model.schema import Schema
from doumen.model.source import Stream
from doumen.rooms.collect.connectors.interface import Mark, There
from doumen.rooms.collect.sources.lander import Lander

LISTED = 1000
"""Files of a place that are listed."""


@dataclass(slots=True)
class Ran:
    """What a run did with one stream.

    Attributes:
        made: The collections, in order; none: there was nothing new.
        mark: The cursor up to which it is read now; None: it has none.
        said: What is to be known of it beside that.
        error: What could not be read, where the rest of it was.
    """

    stream: Stream
    mark: Mark | None = None
    made: list[Made] = field(default_factory=list)
    said: list[Message] = field(default_factory=list)
    error: DoumenError | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """The first rows of a stream or table, values as JSON has them."""

    schema: Schema
    rows: Sequence[Sequence[Any]]


class Reader(Protocol):
    """How a sort of place is looked at and read; `opened` is what its connector opens."""

    def tried(self, opened: Any, stream: Stream) -> None:
        """Look whether a stream may be read; nothing is kept.

        Raises:
            DoumenError: it may not, and what is wrong.
        """
        ...

    def there(self, opened: Any) -> Sequence[There]:
        """What the place has that may be read; where that is more than `LISTED`, the first of it.

        Raises:
            DoumenError: it does not tell.
        """
        ...

    def shown(self, desk: Desk, opened: Any, stream: Stream, rows: int) -> Shown:
        """The first rows of a stream, at most so many; files are looked at in the sandbox.

        Raises:
            DoumenError: it cannot be read.
        """
        ...

    def run(self, lander: Lander, opened: Any) -> Ran:
        """Read the stream of the lander on.

        Raises:
            Conflict: it is read in another way than before, or another run went on meanwhile.
            DoumenError: the place fails, or what it gives does not fit; what landed before stays.
        """
        ...
