"""Sights drawn by chance over one small dataset, and its rows, which Python looks at itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from hypothesis import strategies as st

from doumen.model.exposure import Shown, Sight
from doumen.model.ref import Ref
from doumen.model.rule import Mask

HASH, NULL = Mask("hash"), Mask("null")
FINE, COARSE = (Mask("bucket", None, (("edges", edges),)) for edges in ((1, 2), (5,)))
MASKS = (None, HASH, FINE, COARSE, NULL)
Row = Mapping[str, int | None]
FILTERS: Mapping[str, Callable[[Row], bool]] = {
    "n < 5": lambda row: (n := row["n"]) is not None and n < 5,
    "n > 2": lambda row: (n := row["n"]) is not None and n > 2,
    "m IS NULL": lambda row: row["m"] is None,
    "m IN (1, 3)": lambda row: row["m"] in (1, 3),
}
"""Expressions of filters, and the same in Python."""
REF, OTHER = Ref("w", "hourly"), Ref("w", "daily")
OWN = "did:web:weather.example"

rows = st.lists(
    st.fixed_dictionaries({name: st.one_of(st.none(), st.integers(0, 7)) for name in ("n", "m")}),
    max_size=12,
)


@st.composite
def sights(draw: st.DrawFn, agreement: str | None = "A-1", ref: Ref | None = None) -> Sight:
    """A sight of the dataset, or of another."""
    names = draw(st.lists(st.sampled_from(("n", "m", "w")), min_size=1, unique=True))
    return Sight(
        provider=OWN,
        ref=ref or draw(st.sampled_from((REF, REF, REF, OTHER))),
        agreement=agreement,
        columns=tuple(Shown(name, "BIGINT", draw(st.sampled_from(MASKS))) for name in names),
        filters=tuple(sorted(draw(st.sets(st.sampled_from(sorted(FILTERS)), max_size=3)))),
        groups=draw(st.sampled_from(((), (), (), ((3, None),), ((5, None),), ((3, "M"),)))),
        purposes=tuple(sorted(draw(st.sets(st.sampled_from(("a", "b", "c")))))),
        until=draw(st.sampled_from((None, date(2027, 1, 1), date(2028, 1, 1)))),
    )


new = sights(agreement=None, ref=REF)
before = st.lists(sights(), max_size=4)


def fits(row: Row, filters: tuple[str, ...]) -> bool:
    """Whether a row is shown under filters."""
    return all(FILTERS[one](row) for one in filters)
