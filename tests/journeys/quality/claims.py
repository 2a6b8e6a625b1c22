"""Whether what a proposed rule claims is so: counted by pandas, with nothing of the product."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

Frames = Mapping[str, pd.DataFrame]


def breaches(change: Mapping[str, Any], column: str | None, of: str, frames: Frames) -> int:
    """Rows of a frame that the rule of a proposal says there are none of.

    Args:
        change: What the proposal changes.
        column: That it stands at; None: the table.
        of: Name of the frame.
        frames: All frames, for references.

    Raises:
        KeyError: a rule of a kind that nobody has a count for.
    """
    frame = frames[of]
    if "quality" in change:
        return _of_quality(change["quality"], frame, column)
    field, value = change["set"]
    assert column is not None
    series = frame[column].dropna()
    if field == "relationships":
        table, _, key = value[0]["to"].partition(".")
        return int((~series.isin(frames[table][key])).sum())
    lengths = series.astype(str).str.len()
    breaking: Mapping[str, Callable[[], pd.Series[bool]]] = {
        "required": frame[column].isna,
        "unique": frame[column].duplicated,
        "logicalTypeOptions.minimum": lambda: series < value,
        "logicalTypeOptions.maximum": lambda: series > value,
        "logicalTypeOptions.minLength": lambda: lengths < value,
        "logicalTypeOptions.maxLength": lambda: lengths > value,
    }
    return int(breaking[field]().sum())


def _of_quality(rule: Mapping[str, Any], frame: pd.DataFrame, column: str | None) -> int:
    arguments = rule.get("arguments", {})
    if rule.get("metric") == "rowCount":
        return int(len(frame) < rule["mustBeGreaterOrEqualTo"])
    if rule.get("metric") == "duplicateValues":
        return int(frame.duplicated(arguments["properties"]).sum())
    if rule.get("metric") == "invalidValues":
        assert column is not None
        texts = frame[column].dropna().astype(str)
        if "validValues" in arguments:
            return int((~texts.isin(arguments["validValues"])).sum())
        return int((~texts.str.fullmatch(arguments["pattern"])).sum())
    implementation = rule["implementation"]
    if implementation["check"] != "compare" or implementation["operator"] != "<=":
        raise KeyError(implementation["check"])
    return int((frame[implementation["left"]] > frame[implementation["right"]]).sum())
