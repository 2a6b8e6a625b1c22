"""How indicators are weighed: a document, or all dimensions alike and all within each alike.

    name: Bureau of Transport, 2026
    weights: {"0201": 3, "0304": 2}
    retired: {columns.age.maximum: "the limit was wrong"}

An indicator that is not named has the weight 0. `retired` names rules that were broken and are no
rules any more, with the reason: they count no longer, and the score says so.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doumen.model.errors import Invalid
from doumen.model.files import reading
from doumen.model.message import joined, msg, plain
from doumen.rooms.evaluate.score.indicators import INDICATORS

LARGEST = 1 << 18
"""Bytes of a document."""
CODES = tuple(one.code for one in INDICATORS)


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    weights: dict[str, Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=9)]]
    retired: dict[str, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each indicator, and rules that count no longer.

    Attributes:
        name: What people call them.
        of: Code → weight; all codes are there, and one weight at least is not 0.
        retired: Key of a rule → why it counts no longer.
    """

    name: str
    of: dict[str, Decimal]
    retired: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the document of a score; numbers as text, so that they stay what they are."""
        return {
            "name": self.name,
            "weights": {code: format(weight, "f") for code, weight in sorted(self.of.items())},
            "retired": dict(sorted(self.retired.items())),
        }

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of `as_json` as canonical JSON."""
        text = json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def alike() -> Weights:
    """All dimensions alike, and within each all indicators alike; the sum is 600."""
    count = Counter(one.dimension for one in INDICATORS)
    return Weights(
        "GB/T 36344",
        {one.code: round(Decimal(100) / count[one.dimension], 4) for one in INDICATORS},
    )


def read_weights(path: Path) -> Weights:
    """Weights from a file.

    Raises:
        NotFound, Unavailable: it is not there, or cannot be read.
        Invalid: it is no such document; all faults are named.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415 - costly, where a file is given only
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - costly

    with reading(path), path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _refused(msg("It is larger than 256 KiB."))
    try:
        said = YAML(typ="safe", pure=True).load(content.decode("utf-8-sig"))
        form = _Form.model_validate(_texts(said))
        "".join(form.retired).encode()
    except (YAMLError, UnicodeError, RecursionError):
        raise _refused(msg("It is no YAML in UTF-8.")) from None
    except ValidationError as error:
        faults = [
            plain(f"{'.'.join(map(str, one['loc']))}: {one['msg']}")
            for one in error.errors(include_url=False, include_input=False)
        ]
        raise _refused(joined("\n", faults)) from None
    unknown = sorted(form.weights.keys() - set(CODES))
    if unknown or not any(form.weights.values()):
        raise _refused(
            msg("There is no indicator {codes}.", codes=", ".join(unknown))
            if unknown
            else msg("All weights are 0.")
        )
    of = {code: form.weights.get(code, Decimal(0)) for code in CODES}
    return Weights(form.name, of, dict(form.retired))


def _texts(said: Any) -> Any:
    """Codes of indicators as text, where YAML took them for numbers."""
    if isinstance(said, dict) and isinstance(said.get("weights"), dict):
        weights = {
            f"{code:04d}" if isinstance(code, int) else code: weight
            for code, weight in said["weights"].items()
        }
        return {**said, "weights": weights}
    return said


def _refused(why: Any) -> Invalid:
    return Invalid(
        msg("The weights cannot be read."),
        why=why,
        next=msg('Write `name: …` and `weights: {{"0201": 3, …}}`.'),
        detail="weights",
    )
