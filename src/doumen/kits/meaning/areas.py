"""Chinese area codes (GB/T 2260) as lists of two offices, one after the other, tell of them.

The ministry of civil affairs lists divisions: provinces, prefectures, counties. The statistics
office, from which come some of the revisions, also lists what is no division but stands for some
in its tables (市辖区 "districts of the city", zones for development), so that its list holds more.
Hence one office's silence is not the end of a code that only the other lists. Pure.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from doumen.kits.meaning.codes import Listing, followed
from doumen.model.meaning import Code, Words

Labels = Mapping[str, str]
"""Code → name of one revision."""

DISTRICTS = "市辖区"
"""What the statistics office alone lists: all districts of a city."""
_KIND = re.compile(
    r"(?:(?:\w{1,3}族)+自治(?:州|县|旗)|自治区|特别行政区|市辖区|地区|省|市|县|区|盟|旗|特区|林区)$"
)
_GENERAL = frozenset("东西南北中上下城市新老郊桥关口河湖江山内外")
"""Characters that many districts are called by, in many cities."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One list as it was published.

    Attributes:
        name: `YYYYMM`, the month at whose end it was the state of things.
        wide: Whether it is of the statistics office, and lists more than divisions.
    """

    name: str
    labels: Labels
    wide: bool

    @classmethod
    def of(cls, name: str, labels: Labels) -> Revision:
        """A list, known as one of either office by what it holds."""
        return cls(name, labels, DISTRICTS in labels.values())

    @property
    def day(self) -> date:
        """The last day of its month."""
        year, month = int(self.name[:4]), int(self.name[4:])
        return date(year, month, monthrange(year, month)[1])


def history(revisions: Sequence[Revision]) -> tuple[Code, ...]:
    """The codes of all revisions, each with the days from which and until which it was listed.

    Where both offices tell of the same years, the lists of the ministry decide on divisions: those
    of the other are of other days. A list that lacks what the ministry never listed ends nothing.

    Args:
        revisions: In order of time.
    """
    divisions = {code for one in revisions if not one.wide for code in one.labels}
    wide = [one.name for one in revisions if one.wide]
    both = min((one.name for one in revisions if not one.wide and wide and one.name > wide[0]),
               default="")  # fmt: skip
    everything = {code for one in revisions for code in one.labels}
    codes: tuple[Code, ...] = ()
    listed: set[str] = set()
    made: dict[tuple[str, str], Code] = {}  # most are alike in all revisions
    for one in revisions:
        if one.wide:
            silent = divisions if both and one.name > both else set()
        else:
            silent = everything - listed - one.labels.keys()
            listed |= one.labels.keys()
        given = [
            made.get(pair) or made.setdefault(pair, Code(pair[0], Words(zh=pair[1])))
            for pair in one.labels.items()
        ]
        codes = followed(codes, Listing(one.day, given, frozenset(silent)), moved)
    return _placed(codes, divisions)


def moved(ended: Sequence[Code], begun: Sequence[Code]) -> dict[str, tuple[str, ...]]:
    """Which code took the place of which at one revision, as far as their names tell it.

    In this order, and each only where one alone ends and one alone begins: the same name in the
    same province, both counties or both above them; the same name in a province that begins; as
    the first, but for what kind of division it is (大兴县 110224, 大兴区 110115). Nothing is said
    of divisions that were merged or parted, and of names that many districts bear (城区, 桥东区).
    """
    found: dict[str, tuple[str, ...]] = {}
    new = {one.code[:2] for one in begun if one.code.endswith("0000")}
    alike = [(_within(group, ended), _within(group, begun)) for group in _groups(ended)]
    steps = (
        *((_name, olds, news) for olds, news in alike),
        (_name, list(ended), [one for one in begun if one.code[:2] in new]),
        *((_stem, olds, news) for olds, news in alike),
    )
    for call, olds, news in steps:
        taken = {code for codes in found.values() for code in codes}
        left = [one for one in olds if one.code not in found]
        free = [one for one in news if one.code not in taken]
        found |= {old: (after,) for old, after in _alone(call, left, free)}
    return found


def _alone(
    call: Callable[[Code], str], olds: Sequence[Code], news: Sequence[Code]
) -> Iterator[tuple[str, str]]:
    """Pairs of codes that alone on each side are called so."""
    before, after = (Counter(filter(None, map(call, some))) for some in (olds, news))
    places = {call(one): one.code for one in news}
    for one in olds:
        called = call(one)
        if called and before[called] == after[called] == 1:
            yield one.code, places[called]


def _name(one: Code) -> str:
    """Its name; empty where many are called so."""
    return "" if _bare(one) <= _GENERAL else one.label.zh


def _stem(one: Code) -> str:
    """Its name without the kind of division; empty where many are called so."""
    stem = _KIND.sub("", one.label.zh)
    return "" if len(stem) < 2 or _bare(one) <= _GENERAL else stem


def _bare(one: Code) -> set[str]:
    """The characters of its name without the kind of division."""
    return set(_KIND.sub("", one.label.zh))


def _group(one: Code) -> tuple[str, bool]:
    """Province of a code, and whether it is a county."""
    return one.code[:2], not one.code.endswith("00")


def _groups(codes: Sequence[Code]) -> list[tuple[str, bool]]:
    return sorted({_group(one) for one in codes})


def _within(group: tuple[str, bool], codes: Sequence[Code]) -> list[Code]:
    return [one for one in codes if _group(one) == group]


def _placed(codes: Sequence[Code], divisions: set[str]) -> tuple[Code, ...]:
    """Codes with those above them: the prefecture where there was one then, else the province."""
    spans: dict[str, list[Code]] = {}
    for one in codes:
        spans.setdefault(one.code, []).append(one)
    return tuple(replace(one, parent=_parent(one, spans, divisions)) for one in codes)


def _parent(one: Code, spans: Mapping[str, Sequence[Code]], divisions: set[str]) -> str | None:
    above = [one.code[:4] + "00", one.code[:2] + "0000"]
    for code in above:
        if code == one.code:
            continue
        if code in divisions and any(_overlap(one, other) for other in spans[code]):
            return code
    return None


def _overlap(one: Code, other: Code) -> bool:
    first, second = (each.valid_from or date.min for each in (one, other))
    ends, then = (each.valid_until or date.max for each in (one, other))
    return first < then and second < ends
