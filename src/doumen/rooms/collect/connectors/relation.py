"""What is read of a place: where its rows come from, its columns, and the statement for a part.

Names are always quoted, and values never stand in a statement: whoever makes one says by which
expression the place gets at them.
"""

from __future__ import annotations

from dataclasses import dataclass

from doumen.kits import sql
from doumen.model.errors import Invalid, NotFound
from doumen.model.message import Message, enumerated, msg
from doumen.model.schema import Column, Schema
from doumen.rooms.collect.connectors.interface import Mark, Part
from doumen.rooms.collect.connectors.marks import Family, written


@dataclass(frozen=True, slots=True)
class Field:
    """A column as it is read.

    Attributes:
        name: As the place has it.
        type: What it is delivered as, in the reference dialect.
        out: Expression that gives it.
        family: What its marks are; None: it is no cursor.
        order: Expression by which it is compared, where it is a cursor.
        filled: Whether it is never NULL, as the place says.
        unordered: Why it is no cursor, where its type alone does not tell.
    """

    name: str
    type: str
    out: str
    family: Family | None = None
    order: str = ""
    filled: bool = False
    unordered: Message | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """The cursor of a part and the texts of its marks."""

    field: Field
    family: Family
    after: str | None
    upto: str | None


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, a view or a query.

    Attributes:
        source: What stands after FROM; it is called `part`.
        fields: Its columns in order.
        first: How the place orders by `{}` with NULL first.
    """

    source: str
    fields: tuple[Field, ...]
    first: str = "{} NULLS FIRST"

    @property
    def schema(self) -> Schema:
        """Names and types as delivered."""
        return Schema(tuple(Column(field.name, field.type) for field in self.fields))

    def bound(self, part: Part) -> Bound | None:
        """The cursor of a part; None: it is read whole.

        Raises:
            NotFound: there is no such column. Invalid: it cannot be a cursor, or a mark is not
            of its type, or there are marks without a cursor.
        """
        if part.cursor is None:
            if part.after is not None or part.upto is not None:
                raise Invalid(msg("There are marks to read between, and no cursor."), detail="mark")
            return None
        field = self._named(part.cursor)
        if field.family is None:
            raise Invalid(
                msg("Column `{column}` cannot be a cursor.", column=field.name),
                why=field.unordered
                or msg(
                    "It is {type}; a cursor is a whole number, a decimal, a text, a date or a time "
                    "stamp.",
                    type=field.type,
                ),
                next=msg("Name another column, or read the whole."),
                detail="cursor",
            )

        def text(mark: Mark | None, of: Family = field.family) -> str | None:
            return None if mark is None else written(mark, of, field.name)

        return Bound(field, field.family, text(part.after), text(part.upto))

    def statement(self, bound: Bound | None, after: str, upto: str, extra: str = "") -> str:
        """The statement that reads a part.

        Args:
            bound: The cursor; None: all.
            after: Expression for the mark after which is read.
            upto: Expression for the mark up to which.
            extra: One more output.
        """
        outputs = [field.out for field in self.fields] + ([extra] if extra else [])
        said = f"SELECT {', '.join(outputs)} FROM {self.source}{where(bound, after, upto)}"  # noqa: S608 - names are quoted, values are not in it
        if bound is None:
            return said
        plain = bound.field.filled or bound.after is not None
        return f"{said} ORDER BY {('{}' if plain else self.first).format(bound.field.order)}"

    def greatest(self, bound: Bound, after: str, upto: str, text: str) -> str:
        """The statement that gives the greatest mark as text.

        Args:
            bound: The cursor.
            after: As for `statement`.
            upto: As for `statement`.
            text: What makes a text of `{}`.
        """
        value = text.format(f"max({bound.field.order})")
        return f"SELECT {value} FROM {self.source}{where(bound, after, upto)}"  # noqa: S608 - as above

    def _named(self, name: str) -> Field:
        exact = [field for field in self.fields if field.name == name]
        folded = [field for field in self.fields if field.name.casefold() == name.casefold()]
        for found in (exact, folded):
            if len(found) == 1:
                return found[0]
        raise NotFound(
            msg("There is no column `{column}` to read by.", column=name),
            next=msg("Columns: {names}.", names=enumerated(f.name for f in self.fields)),
            detail="cursor",
        )


def where(bound: Bound | None, after: str, upto: str) -> str:
    """The condition for a part; rows without a mark belong to its beginning."""
    if bound is None or (bound.after is None and bound.upto is None):
        return ""
    order = bound.field.order
    if bound.after is None:
        return f" WHERE ({order} <= {upto} OR {order} IS NULL)"
    above = f" WHERE {order} > {after}"
    return above if bound.upto is None else f"{above} AND {order} <= {upto}"


def quoted(*names: str) -> str:
    """A name, or a chain of them, as standard SQL quotes it."""
    return ".".join(map(sql.quoted, names))


def named(*names: str) -> str:
    """A table as something to select from."""
    return f"{quoted(*names)} AS part"


def ordered(column: str) -> str:
    """A column as it is compared: the one of the place, not an output of the same name."""
    return f"part.{quoted(column)}"


def nested(query: str) -> str:
    """A query as something to select from; a comment at its end does not reach further."""
    return f"(\n{query.rstrip().removesuffix(';')}\n) AS part"
