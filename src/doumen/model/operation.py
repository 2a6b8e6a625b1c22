"""A verb as data: one entry gives command, SDK method, reference page and REST route.

An operation names its function by text, so that a table of all verbs costs no import.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from doumen.model.message import Message

Kind = Literal["text", "path", "flag", "integer", "choice", "scalar"]
Need = Literal["needed", "optional", "none", "folder"]
Scope = Literal["read", "write"]
SCOPES: tuple[Scope, ...] = ("read", "write")
"""What a token may be for: looking and asking, or changing facts and data."""


@dataclass(frozen=True, slots=True)
class Param:
    """One input of a verb.

    Attributes:
        name: Python name; on the command line `--name`, or `NAME` where positional.
        kind: What it holds. A `path` is resolved by the face; a `scalar` is a text that the
            operation reads as JSON where it is a number, true, false, null or a quoted text.
        positional: Given by place, not by name.
        repeat: May be given several times; the function receives a tuple.
        choices: The values allowed for `choice`.
        option: The option as written where it is not `--name` (such as `-o` or `--as-dataset`).
        metavar: How its value is called in help.
        pattern: What a value given over the network must match, where on the machine of the
            node it may also be the name of a file.
        upload: Of a path: over the network its content is sent; other paths are not taken.
    """

    name: str
    help: str
    kind: Kind = "text"
    positional: bool = False
    required: bool = False
    repeat: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    option: str | None = None
    metavar: str | None = None
    pattern: str | None = None
    upload: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb.

    Attributes:
        name: Words of the command: `("contract", "infer")`.
        summary: One line, imperative, ends with a full stop; shown in lists of commands.
        run: `module:function`; called as `function(desk, **params) -> Outcome`.
        params: Inputs in the order of the command line.
        details: Further paragraphs for help and reference.
        examples: Command lines, without the prompt.
        node: Whether it runs at an open node. `optional`: where no node is found, the function
            receives None as its desk; `none`: it receives no desk at all (`init`); `folder`: in
            place of a desk it receives the folder of the node, which it opens itself.
        scope: What a token must be for; `write` changes facts or data.
        local: Why it is done on the machine of the node only; None: the service offers it too.
        gives: Names in the JSON that it always gives.
        one_of: Inputs of which one at least must be given over the network.
        queues: Whether it may be queued as a job, and the inputs that must be given for that;
            None: it may not. What it makes, it makes by one event, unless it `resumes`.
        attended: Of one that is queued, inputs that are for somebody who waits for the answer: what
            they ask for is not kept on the node.
        resumes: Of one that is queued: begun again, it goes on where it was, and does nothing where
            there is nothing new. Whoever takes it over begins it again; others are done once they
            made something.
        told: Of one that runs at no open node: the function also receives `progress`.
    """

    name: tuple[str, ...]
    summary: str
    run: str
    params: tuple[Param, ...] = ()
    details: str = ""
    examples: tuple[str, ...] = ()
    node: Need = "needed"
    scope: Scope = "read"
    local: str | None = None
    gives: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    queues: tuple[str, ...] | None = None
    attended: tuple[str, ...] = ()
    resumes: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for people, drawn as a table on a terminal.

    Names of columns that are data are texts, ours are messages.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    title: Message | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """Names and values for people, drawn as two columns."""

    pairs: tuple[tuple[Message, Any], ...]
    title: Message | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Text for people, printed as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verb gives back: one value for machines, drawings of it for people.

    Attributes:
        json: The frozen JSON shape.
        drawn: What a terminal shows on stdout, in order.
        said: Sentences for stderr: what happened, the receipt, the next command.
        exit: 0, or 1 where the verb found faults.
        passing: Whether all these faults may pass by themselves: a worker tries again.
    """

    json: Mapping[str, Any]
    drawn: tuple[Table | Fields | Text, ...] = ()
    said: tuple[Message, ...] = ()
    exit: int = 0
    passing: bool = False
