"""The shelf of duties: each kind is a file; this list is all that knows them by name."""

from typing import Any

from doumen.kits.policy.duties.count import CountKind
from doumen.kits.policy.duties.expire import ExpireKind
from doumen.kits.policy.duties.filter import FilterKind
from doumen.kits.policy.duties.interface import DutyKind
from doumen.kits.policy.duties.limit import LimitKind
from doumen.kits.policy.duties.mask import MASK_KEYS, MaskKind, mask_expression, shown_type
from doumen.kits.policy.duties.min_group import MinGroupKind
from doumen.model.rule import Duty

KINDS: tuple[DutyKind[Any], ...] = (
    FilterKind(),
    MaskKind(),
    LimitKind(),
    MinGroupKind(),
    CountKind(),
    ExpireKind(),
)
BY_NOUN: dict[type[Duty], DutyKind[Any]] = {kind.noun: kind for kind in KINDS}

__all__ = ["BY_NOUN", "KINDS", "MASK_KEYS", "DutyKind", "mask_expression", "shown_type"]
