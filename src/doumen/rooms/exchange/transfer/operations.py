"""The verbs of transfers, as entries of the table of this room."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

_T = "doumen.rooms.exchange.transfer.verbs"
_OF = Param("transfer", "Name of a transfer, or of its agreement.", positional=True, required=True,
            metavar="T-…|A-…")  # fmt: skip
_TURNED = ("transfer", "agreement", "side", "with", "state", "over", "held", "endpoint", "outgoing",
           "said", "reason")  # fmt: skip

TRANSFERS: tuple[Operation, ...] = (
    Operation(
        ("transfer", "list"),
        "List the transfers of the node, those that are open first.",
        f"{_T}:show_all",
        gives=("transfers",),
    ),
    Operation(
        ("transfer", "show"),
        "Show a transfer: whether it runs, rests or was ended, and what was said.",
        f"{_T}:show",
        (_OF,),
        gives=_TURNED,
    ),
    Operation(
        ("transfer", "suspend"),
        "Lay a transfer to rest: reads under its agreement are refused from now on.",
        f"{_T}:suspend",
        (_OF, Param("reason", "Why; told to the other side.", default="", metavar="TEXT")),
        details="What the provider laid to rest only the provider lets go on.",
        examples=("doumen transfer suspend A-7F3KQ2AB --reason 'the station is under repair'",),
        scope="write",
        gives=(*_TURNED, "receipt"),
    ),
    Operation(
        ("transfer", "resume"),
        "Let a transfer go on, send again what did not arrive, or ask for a new one.",
        f"{_T}:resume",
        (_OF,),
        examples=("doumen transfer resume A-7F3KQ2AB",),
        scope="write",
        gives=(*_TURNED, "receipt"),
    ),
    Operation(
        ("transfer", "end"),
        "End a transfer: completed, or broken off where a reason is given.",
        f"{_T}:end",
        (_OF, Param("reason", "Why; told to the other side.", default="", metavar="TEXT")),
        details="The agreement stays in force: its consumer can ask for another transfer.",
        examples=("doumen transfer end A-7F3KQ2AB",),
        scope="write",
        gives=(*_TURNED, "receipt"),
    ),
)
