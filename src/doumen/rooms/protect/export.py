"""Rules given out as a document: ODRL for other systems, YAML to be changed and added again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.policy.render import write_rules
from doumen.kits.standards import odrl
from doumen.model.errors import NotFound, Refused
from doumen.model.files import already_there, unwritable
from doumen.model.message import enumerated, msg
from doumen.model.operation import Outcome, Text
from doumen.model.rule import Rule

Document = tuple[dict[str, Any], str]
"""A document as JSON, and as the text of its format."""


def export(
    desk: Desk, id: tuple[str, ...] = (), *, format: str = "odrl", output: Path | None = None
) -> Outcome:
    """All rules of the node, or those of these ids, as one document.

    Args:
        desk: The open gate.
        id: Ids of rules; none: all.
        format: `odrl` or `yaml`.
        output: A new file for it.

    Raises:
        Refused: only owner and steward may know the conditions of filters.
        NotFound: there is no rule of an id, or none at all.
        Conflict, Unavailable: `output` is there already, or cannot be written.
    """
    if not desk.actor.governs:
        raise Refused(
            msg("Rules are exported by owner and steward only."),
            why=msg("An export holds the conditions of filters, which nobody else is told."),
            next=msg("`doumen rule list` shows the rules that you may know."),
            detail="rule",
        )
    shape, text = _FORMATS[format](_chosen(desk, id))
    if output is None:
        return Outcome(shape, (Text(text.rstrip("\n")),))
    _write(output, text)
    return Outcome(
        {"output": str(output), "rules": list(dict.fromkeys(id)) or None, "format": format},
        said=(
            msg("Wrote {output}.", output=output),
            msg("It is read again: doumen rule add {output}", output=output),
        ),
    )


def _chosen(desk: Desk, ids: tuple[str, ...]) -> list[Rule]:
    bodies = dict(desk.facts().all("rule"))
    missing = [id for id in ids if id not in bodies]
    if missing or not bodies:
        raise NotFound(
            msg("There is no rule {ids}.", ids=enumerated(missing))
            if missing
            else msg("There is no rule to export."),
            next=msg(
                "`doumen rule list` shows those that there are; `doumen rule add FILE` adds some."
            ),
            detail="rule",
        )
    return [policy.rule_from_json(bodies[id]) for id in dict.fromkeys(ids or bodies)]


def _as_odrl(rules: list[Rule]) -> Document:
    shape = odrl.write_policy(rules, uid=odrl.policy_uid(rules))
    return shape, json.dumps(shape, ensure_ascii=False, indent=2) + "\n"


def _as_yaml(rules: list[Rule]) -> Document:
    return {"rules": [policy.rule_as_json(rule) for rule in rules]}, write_rules(rules)


_FORMATS: dict[str, Callable[[list[Rule]], Document]] = {"odrl": _as_odrl, "yaml": _as_yaml}


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise already_there(path) from None
    except OSError as error:
        raise unwritable(path, error) from None
