"""What a kind of duty is: how it is written, joined, said in words and checked.

A kind is one file of this shelf. Joining takes all duties of the kind at once and answers the
same in every order; more duties never give a weaker one (law 2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Protocol, TypeVar

from doumen.model.message import Message
from doumen.model.rule import Target
from doumen.model.schema import Schema

D = TypeVar("D")


class DutyKind(Protocol[D]):
    """One kind of duty.

    Attributes:
        name: Its key in a document: `- filter: …`.
        noun: The class of its values.
        form: Annotation by which pydantic validates what stands under the key.
    """

    name: str
    noun: type[D]
    form: Any

    def read(self, form: Any) -> D:
        """The duty from its validated form."""
        ...

    def write(self, duty: D) -> Any:
        """The JSON value under the key; `read` of it gives the duty again."""
        ...

    def join(self, duties: Collection[D]) -> tuple[D, ...]:
        """The fewest duties that ask for all that these ask for; there is at least one."""
        ...

    def words(self, duty: D, *, literals: bool) -> Message:
        """A phrase for people; `literals` only for those who govern rules."""
        ...

    def withheld(self, duty: D) -> D:
        """The duty as those may know it who do not govern rules."""
        ...

    def faults(self, duty: D, on: Target, schema: Schema) -> Iterator[Message]:
        """Why the duty of a rule on `on` cannot hold over a dataset of this schema."""
        ...
