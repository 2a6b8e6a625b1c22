"""One visit to a page: who comes, what the address and a form say, and the verbs they may ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doumen.faces.web.inputs import fit
from doumen.faces.web.uploads import Folder
from doumen.faces.web.verb import House
from doumen.model.actor import Actor
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.message import Catalogue, as_written, enumerated, msg, spoken
from doumen.model.operation import Outcome
from doumen.operations import find
from doumen.rooms.protect.tokens import Bearer, need
from doumen.session import Session

Given = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Visit:
    """Who visits a page, and what they ask of it.

    Attributes:
        house: The service.
        session: The visitor before the gate; nobody's on a page for everyone.
        bearer: Who is signed in; None: nobody.
        path: What the address holds where the path of the page has names.
        query: What stands after `?`.
        form: What a form sent; files are paths that last as long as the visit.
        language: In which it is shown.
        say: The catalogue of that language.
        purpose: For which the visitor asks.
        cookies: Of the request.
        address: Of the page itself, with its query.
        base: Scheme and host under which the visitor reached the service.
        client: Address of the machine that asks, for limits of rate only.
        folder: Where files of the form lie.
    """

    house: House
    session: Session | None
    bearer: Bearer | None
    path: Mapping[str, str] = field(default_factory=dict)
    query: Given = field(default_factory=dict)
    form: Given = field(default_factory=dict)
    language: str = "en"
    say: Catalogue = as_written
    purpose: str | None = None
    cookies: Mapping[str, str] = field(default_factory=dict)
    address: str = "/"
    base: str = ""
    client: str = ""
    folder: Folder | None = None

    @property
    def door(self) -> Session:
        """The visitor before the gate."""
        assert self.session is not None
        return self.session

    @property
    def secure(self) -> bool:
        """Whether cookies are for TLS only: it is here, or at the proxy that the settings name."""
        public = self.house.node.settings.address or ""
        return self.base.startswith("https:") or public.startswith("https:")

    @property
    def actor(self) -> Actor:
        """The visitor."""
        return self.door.desk.actor

    def do(self, words: str, /, **params: Any) -> Mapping[str, Any]:
        """The JSON of a verb, asked as the visitor.

        Raises:
            DoumenError: as the verb does. Refused: the sign-in is not for this verb.
        """
        return self.outcome(words, **params).json

    def outcome(self, words: str, /, **params: Any) -> Outcome:
        """The outcome of a verb, with what it says to people."""
        operation = find(tuple(words.split()))
        if self.bearer is not None:
            need(self.bearer, operation.scope, words)
        return self.door.do(operation, **fit(operation, params))

    def attempt(self, words: str, /, **params: Any) -> Mapping[str, Any] | None:
        """As `do`; None where the visitor may not, or there is no such thing."""
        try:
            return self.do(words, **params)
        except (NotFound, Refused):
            return None

    def asked(self, name: str, default: str = "") -> str:
        """A text after `?`."""
        values = self.query.get(name, ())
        return str(values[0]).strip() if values else default

    def number(self, name: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
        """A whole number after `?`; the default where it is none."""
        text = self.asked(name)
        return min(max(int(text), least), most) if text.isdecimal() and len(text) < 10 else default

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """One of several words after `?`; the first where it is none of them."""
        text = self.asked(name)
        return text if text in allowed else allowed[0]

    def given(self, name: str, default: str = "") -> str:
        """A text of the form."""
        values = self.form.get(name, ())
        return str(values[0]).strip() if values and not isinstance(values[0], Path) else default

    def several(self, name: str) -> tuple[str, ...]:
        """All texts of this name of the form."""
        return tuple(str(v) for v in self.form.get(name, ()) if not isinstance(v, Path))

    def needed(self, name: str) -> str:
        """A text of the form that must be there.

        Raises:
            Invalid: it is not.
        """
        text = self.given(name)
        if not text:
            raise Invalid(
                msg("`{name}` is needed.", name=name),
                next=msg("Fill it in and send the form again."),
                detail="form",
            )
        return text

    def file(self, name: str) -> Path | None:
        """A file that the form sent; None: none was chosen."""
        return next((v for v in self.form.get(name, ()) if isinstance(v, Path)), None)

    def written(self, name: str, text: str) -> Path:
        """A text as the file that a verb takes; it lasts as long as the visit.

        Args:
            name: That messages call it by.
            text: What stands in it.
        """
        assert self.folder is not None
        return self.folder.write(name, text)

    def one_of(self, name: str, allowed: Sequence[str]) -> str:
        """A word of the form out of several.

        Raises:
            Invalid: it is none of them.
        """
        text = self.given(name)
        if text not in allowed:
            raise Invalid(
                msg("`{name}` is none of {allowed}.", name=name, allowed=enumerated(allowed)),
                detail="form",
            )
        return text

    def told(self, message: object) -> str:
        """A message in the language of the visitor."""
        return str(spoken(message, self.say))
