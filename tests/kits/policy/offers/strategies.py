"""Terms drawn by chance, as documents and as values: every field, every duty and every mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from doumen.kits.policy.offers import terms_from_json
from doumen.model.terms import Terms

Body = dict[str, Any]
DATASETS = ("weather.hourly", "weather.daily", "健康.人")
COLUMNS = ("origin", "temp", "Tail Num.x", "身份证 号/%")
FILTERS = ("origin <> 'LGA'", 'temp > 1 AND\n"x" = 2', "名 = '{\\u0041}'", "urn:a:b", "@id")
PARTICIPANTS = ("did:web:port.example", "did:web:air.example%3A8443:b", "did:key:z6Mk", "Hafenamt")
PURPOSES = ("research", "marketing", "traffic-planning", "规划", "a b/c:d")
PLACES = ("CN", "DE", "NL")
DAYS = ("0001-01-01", "2026-11-28", "2026-11-29", "2026-11-30", "2028-02-29", "9999-12-31")
TEXTS = ("100 EUR a month", "气象局", "“Weather\n Service”", "@type", "1")
WHOLE = st.one_of(st.integers(1, 9), st.sampled_from((2**53, 2**53 + 1, 2**63 - 1)))
PARTIAL = st.fixed_dictionaries(
    {"method": st.just("partial"), "keep_start": st.integers(1, 9), "with": st.sampled_from("*·#")}
)
GENERALISE = st.fixed_dictionaries(
    {
        "method": st.just("generalise"),
        "levels": st.sampled_from(("month", 10, 0.25, {"b": "x", "a": "@type", "甲": ""})),
    }
)
BUCKET = st.fixed_dictionaries(
    {
        "method": st.just("bucket"),
        "edges": st.sampled_from(([1, 2.5, 90], ["2026-01-01", "2027-01-01"])),
    }
)
METHODS = st.one_of(
    st.sampled_from(({"method": "null"}, {"method": "hash"})), PARTIAL, GENERALISE, BUCKET
)


def _some(names: Sequence[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)


def duties(
    columns: Sequence[str], filters: Sequence[str] = FILTERS, units: Sequence[str] = COLUMNS
) -> st.SearchStrategy[Body]:
    """A duty of any kind that terms may have; its mask is on one of the columns."""
    masks = st.builds(
        lambda column, mask: {"column": column, **mask}, st.sampled_from(columns), METHODS
    )
    groups = st.one_of(
        st.integers(1, 9),
        st.fixed_dictionaries({"k": st.integers(1, 9), "unit": st.sampled_from(units)}),
    )
    return st.one_of(
        st.builds(lambda form: {"filter": form}, st.sampled_from(filters)),
        st.builds(lambda form: {"mask": form}, masks),
        st.builds(lambda form: {"limit": form}, st.one_of(st.just(0), WHOLE)),
        st.builds(lambda form: {"min_group": form}, groups),
    )


@st.composite
def bodies(
    draw: st.DrawFn,
    datasets: Sequence[str] = DATASETS,
    columns: Sequence[str] = COLUMNS,
    filters: Sequence[str] = FILTERS,
    units: Sequence[str] = COLUMNS,
) -> Body:
    """Terms in the shape of their documents, without what is left out there."""
    body: Body = {"datasets": {}}
    for name in draw(_some(datasets)):
        grant: Body = {}
        if draw(st.booleans()):
            grant["columns"] = draw(_some(columns))
        own = duties(grant.get("columns", columns), filters, units)
        if draw(st.booleans()):
            grant["duties"] = draw(st.lists(own, min_size=1, max_size=3))
        body["datasets"][name] = grant
    for key, names in (("to", PARTICIPANTS), ("for", PURPOSES), ("places", PLACES)):
        if draw(st.booleans()):
            body[key] = draw(_some(names))
    first, last = sorted(draw(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))))
    body |= draw(
        st.sampled_from(({}, {"from": first}, {"until": last}, {"from": first, "until": last}))
    )
    quotas = [{"queries": draw(WHOLE), "per": per} for per in ("agreement", "day")]
    body |= draw(
        st.sampled_from(({}, {"quota": quotas[0]}, {"quota": quotas[1:]}, {"quota": quotas}))
    )
    due = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "report": st.integers(1, 90),
                "attribute": st.sampled_from(TEXTS),
                "delete": st.sampled_from((0, 30, 36_525)),
            },
        )
    )
    body |= {"due": due} if due else {}
    body |= {"price": draw(st.sampled_from(TEXTS))} if draw(st.booleans()) else {}
    return body


def terms(**given: Any) -> st.SearchStrategy[Terms]:
    """Terms; arguments as those of `bodies`."""
    return bodies(**given).map(terms_from_json)
