"""A command as a schedule holds it: the text of a line in, the verb and its inputs as JSON out.

Pure but for the folder that relative paths begin in. The table of verbs is handed in.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from doumen.model.errors import Invalid
from doumen.model.message import Message, enumerated, msg, sentence
from doumen.model.operation import Operation, Param

PROGRAM = "doumen"
_REST = "--"
"""Words after it are no options."""


def read(text: str, table: Mapping[str, Operation]) -> tuple[Operation, dict[str, Any]]:
    """The verb of a line, and what it is asked with.

    Args:
        text: `source run shop --dataset shop.orders`; `doumen` may stand before it.
        table: All verbs, by their words.

    Raises:
        Invalid: there is no such verb, or its inputs have faults, which are all told.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        raise Invalid(msg("A quote in the command is not closed."), detail="command") from None
    words = words[1:] if words[:1] == [PROGRAM] else words
    for count in range(len(words), 0, -1):
        operation = table.get(" ".join(words[:count]))
        if operation is not None:
            return operation, _Line(operation).read(words[count:])
    raise Invalid(
        msg("There is no verb in `{text}`.", text=text),
        next=msg("Write it as on the command line: `source run shop`."),
        detail="command",
    )


def written(operation: Operation, inputs: Mapping[str, Any]) -> str:
    """The line of a verb with its inputs."""
    placed: list[str] = []
    named: list[str] = []
    for param in operation.params:
        value = inputs.get(param.name, [])
        for one in value if isinstance(value, list) else [value]:
            if param.positional:
                placed.append(str(one))
            else:
                named += [_option(param)] if param.kind == "flag" else [_option(param), str(one)]
    if any(word.startswith("-") for word in placed):
        return shlex.join([*operation.name, *named, _REST, *placed])
    return shlex.join([*operation.name, *placed, *named])


class _Line:
    """The inputs of one verb, as they are read word by word."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._options = {_option(p): p for p in operation.params if not p.positional}
        self._places = iter([p for p in operation.params if p.positional])
        self._found: dict[str, Any] = {}
        self._faults: list[Message] = []

    def read(self, words: Sequence[str]) -> dict[str, Any]:
        """What the words say.

        Raises:
            Invalid: they do not fit the verb.
        """
        left = iter(words)
        for word in left:
            if word == _REST:
                for rest in left:
                    self._placed(rest)
            elif word.startswith("-") and len(word) > 1:
                self._named(word, left)
            else:
                self._placed(word)
        for param in self._operation.params:
            if param.required and param.name not in self._found:
                name = param.metavar or param.name.upper() if param.positional else _option(param)
                self._faults.append(msg("`{name}` is missing", name=name))
        if self._faults:
            raise Invalid(
                msg("The command does not fit `{verb}`.", verb=" ".join(self._operation.name)),
                why=sentence(self._faults),
                next=msg("See doumen {verb} --help", verb=" ".join(self._operation.name)),
                detail="command",
            )
        return self._found

    def _named(self, word: str, left: Iterator[str]) -> None:
        name, equals, value = word.partition("=")
        param = self._options.get(name)
        if param is None:
            self._faults.append(msg("there is no option `{name}`", name=name))
        elif param.kind == "flag":
            self._found[param.name] = True
        else:
            given = value if equals else next(left, None)
            if given is None:
                self._faults.append(msg("`{name}` needs a value", name=name))
            else:
                self._keep(param, name, given)

    def _placed(self, word: str) -> None:
        param = next(self._places, None)
        if param is None:
            self._faults.append(msg("there is no place for `{word}`", word=word))
            return
        if param.repeat:
            self._places = iter([param])
        self._keep(param, param.metavar or param.name.upper(), word)

    def _keep(self, param: Param, name: str, text: str) -> None:
        try:
            value = _value(param, text)
        except ValueError:
            self._faults.append(msg("`{name}` is a whole number", name=name))
            return
        if param.choices and value not in param.choices:
            allowed = enumerated(param.choices)
            self._faults.append(msg("`{name}` is one of {allowed}", name=name, allowed=allowed))
        elif param.repeat:
            self._found.setdefault(param.name, []).append(value)
        else:
            self._found[param.name] = value


def _value(param: Param, text: str) -> Any:
    """A text as the kind of input it is; a path begins in the folder of now."""
    if param.kind == "integer":
        return int(text)
    if param.kind == "path" and not text.lower().startswith(("http://", "https://")):
        return str(Path(text).absolute())
    return text


def _option(param: Param) -> str:
    return param.option or f"--{param.name.replace('_', '-')}"
