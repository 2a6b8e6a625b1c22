"""The verbs of search, as data."""

from __future__ import annotations

from doumen.model.life import STATES
from doumen.model.operation import Operation, Param
from doumen.rooms.discover.search.choices import DATASET, FORMATS, KINDS, RELEVANCE, SORTS

_VERBS = "doumen.rooms.discover.search.verbs"

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        ("search",),
        "Find datasets, columns, terms and products that you may know of.",
        f"{_VERBS}:search",
        (
            Param("query", "Names, codes or what is meant, in Chinese or English; else all.",
                  positional=True),
            Param("kind", "What is to be found.", "choice", choices=KINDS, default=DATASET),
            Param("domain", "Of this domain.", repeat=True),
            Param("level", "Of this grade.", repeat=True),
            Param("label", "With this label, on itself or on a column.", repeat=True),
            Param("owner", "Of this team, as its contract says.", repeat=True),
            Param("format", "Kept in the lake (table), or attached.", "choice", repeat=True,
                  choices=FORMATS),
            Param("state", "In this state.", "choice", repeat=True, choices=STATES),
            Param("sort", "The order.", "choice", choices=SORTS, default=RELEVANCE),
            Param("limit", "Hits at most, up to 100.", "integer", default=20),
            Param("offset", "Hits to pass over.", "integer", default=0),
        ),
        details="Names, titles, descriptions, columns, labels and the words of linked terms are "
        "searched, as far as you may know them; counts and order are made of these alone. Each "
        "hit says why it was found. With the extra `search` installed, a question also finds what "
        "means the same in other words or in the other language. A facet given several times "
        "takes any of its values; its own counts are those without it.",
        examples=(
            'doumen search "hospital beds"',
            "doumen search 停电 --domain energy --json",
            "doumen search icd10 --kind column",
        ),
        gives=("query", "kind", "total", "hits", "kinds", "facets", "meaning"),
    ),
    Operation(
        ("dataset", "complete"),
        "Complete the beginning of the name of a dataset that you may know of.",
        f"{_VERBS}:complete",
        (
            Param("prefix", "How it, or a part of it, begins.", positional=True, required=True),
            Param("limit", "Names at most, up to 100.", "integer", default=10),
        ),
        examples=("doumen dataset complete metro",),
        gives=("prefix", "completions"),
    ),
    Operation(
        ("dataset", "index"),
        "Find what the datasets that you may know of mean, ahead of searches.",
        f"{_VERBS}:index",
        details="A search does a little of this itself; with thousands of datasets that are new, "
        "do it once, or as a job, or on a schedule. What was done before is not done again, and "
        "what is stopped goes on where it was. It needs the extra `search`.",
        examples=("doumen dataset index", "doumen dataset index --detach"),
        gives=("documents", "learned"),
        queues=(),
        resumes=True,
    ),
)  # fmt: skip
