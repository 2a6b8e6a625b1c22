"""What a provider says that a question would do: only its form is believed."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from doumen.model.answer import Explained
from doumen.model.schema import Column, Schema


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class _Column(_Form):
    name: str
    type: str
    shown: str = ""


class _Rule(_Form):
    id: str
    duties: list[str]


class _Table(_Form):
    dataset: str
    version: int
    columns: list[_Column]
    rows: str
    rules: list[_Rule]
    view: str | None = None


class _Cost(_Form):
    account: str
    unit: str
    amount: int | None
    left: int = 0


class Explanation(_Form):
    """An explanation as it comes."""

    statement: str
    tables: list[_Table]
    charges: list[_Cost]
    columns: list[_Column]
    expires: str | None = None

    def told(self) -> Explained:
        """The same as our own gate would tell it."""
        return Explained(
            statement=self.statement,
            tables=tuple(one.model_dump(exclude_none=True) for one in self.tables),
            charges=tuple(one.model_dump(exclude_unset=True) for one in self.charges),
            columns=Schema(tuple(Column(one.name, one.type) for one in self.columns)),
            expires=self.expires,
        )
