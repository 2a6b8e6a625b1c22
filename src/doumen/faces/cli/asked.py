"""What the global options of a command line say: which node, who, what for, how to answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from doumen.faces.languages import ENGLISH, catalogue
from doumen.model.message import Catalogue


@dataclass(slots=True)
class Asked:
    """Filled in while the command line is read, wherever in it the options stand.

    Attributes:
        node: Folder of the node; None: found as git finds a repository.
        actor: Who acts; None: the owner.
        purpose: What for.
        json: Answer in JSON even on a terminal.
        table: Answer in tables even into a pipe.
        language: Code of the language in which people are spoken to.
        debug: Show where an error came from.
        detach: Queue it as a job, and return.
    """

    node: Path | None = None
    actor: str | None = None
    purpose: str | None = None
    json: bool = False
    table: bool = False
    language: str = ENGLISH
    debug: bool = False
    detach: bool = False

    @property
    def say(self) -> Catalogue:
        """The catalogue of the language."""
        return catalogue(self.language)
