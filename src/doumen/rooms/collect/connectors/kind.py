"""A kind of place: what a user writes for it and for its streams, and what it makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from doumen.model.errors import Invalid
from doumen.model.message import Message, enumerated, msg, sentence
from doumen.model.validation import fault
from doumen.rooms.collect.connectors import names
from doumen.rooms.collect.connectors.interface import Connector, Gives


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind on the shelf.

    Attributes:
        name: What a user calls it.
        options: Model of what a user writes.
        secrets: Names of what is fetched for a run alone, and never an option.
        make: Makes a connector of checked options and of those secrets that are given.
        gives: What such a place is made of.
        reads: Model of what a user writes for a stream, beside what all streams have; None:
            nothing.
        paths: Options that are paths on this machine: relative ones lie beside the document.
        lists: Whether a place of files tells which it has; else a stream names one.
    """

    name: str
    options: type[BaseModel]
    secrets: tuple[str, ...]
    make: Callable[[Any, Mapping[str, str]], Connector]
    gives: Gives = Gives.TABLES
    reads: type[BaseModel] | None = None
    paths: tuple[str, ...] = ("path",)
    lists: bool = True

    def many(self, files: str) -> bool:
        """Whether a stream of such files may come to name more of them than one.

        Raises:
            Invalid: it is no pattern.
        """
        return self.lists and names.pattern(files).wild

    def check(self, written: Mapping[str, object]) -> BaseModel:
        """The options that a user wrote; all faults are told at once, and no value.

        Raises:
            Invalid: an option is unknown, missing or wrong, or a secret stands among them.
        """
        try:
            return self.options.model_validate(dict(written))
        except ValidationError as error:
            faults = [self._fault(each) for each in error.errors(include_input=False)]
        raise Invalid(
            msg("The options for `{kind}` are wrong.", kind=self.name),
            why=sentence(faults),
            next=msg("Options: {names}.", names=enumerated(self.options.model_fields)),
            detail="options",
        )

    def connector(self, written: Mapping[str, object], secrets: Mapping[str, str]) -> Connector:
        """A place, of what a user wrote and of the secrets for this run.

        Raises:
            Invalid: options as `check` says, or there is no such secret.
        """
        unknown = [name for name in secrets if name not in self.secrets]
        if unknown:
            raise Invalid(
                msg("`{kind}` has no secret {names}.", kind=self.name, names=enumerated(unknown)),
                next=msg("Leave it out."),
                detail="options",
            )
        return self.make(self.check(written), secrets)

    def _fault(self, each: Any) -> Message:
        name = ".".join(map(str, each["loc"]))
        if name in self.secrets:
            words = msg("it is a secret: name where it is kept, do not write it here")
        else:
            words = fault(each)
        return msg("`{name}`: {words}", name=name, words=words)
