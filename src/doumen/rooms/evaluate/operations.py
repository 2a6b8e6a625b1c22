"""The verbs of this room: quality score, quality latest, quality scores."""

from __future__ import annotations

from doumen.model.operation import Operation, Param

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        ("quality", "score"),
        "Check a dataset and score it by the 20 indicators of GB/T 36344.",
        "doumen.flows.scoring:score",
        (
            Param("dataset", "A dataset: domain.name.", positional=True, required=True),
            Param("weights", "Weights of the indicators (YAML); otherwise all dimensions alike.",
                  "path", upload=True, metavar="FILE"),
        ),
        details="Each indicator is A of B. One without its reference is not assessable, and counts "
        "as 0: what is not shown does not count. A rule that was broken and left the contract "
        "goes on counting, unless the weights say why it should not. The receipt discloses all of "
        "the score, and anyone verifies it without this node: hand it out with "
        "`doumen receipt show`.",
        examples=(
            "doumen quality score transport.flights",
            "doumen quality score transport.flights --weights weights.yaml",
        ),
        gives=("dataset", "version", "score", "assessed", "dimensions", "indicators", "weights",
               "receipt"),
        queues=("dataset",),
    ),
    Operation(
        ("quality", "latest"),
        "Show the latest score of a dataset, without checking it again.",
        "doumen.rooms.evaluate.score.latest:latest",
        (Param("dataset", "A dataset: domain.name.", positional=True, required=True),),
        details="The latest of yours; for owner and auditors the latest of anybody.",
        examples=("doumen quality latest transport.flights",),
        gives=("dataset", "version", "score", "assessed", "dimensions", "indicators", "weights",
               "receipt", "time"),
    ),
    Operation(
        ("quality", "scores"),
        "List the latest score of each dataset.",
        "doumen.rooms.evaluate.score.latest:scores",
        (Param("dataset", "A dataset: domain.name; all of them otherwise.", positional=True,
               repeat=True),),
        details="The latest of yours; for owner and auditors the latest of anybody.",
        examples=("doumen quality scores",),
        gives=("scores", "median"),
    ),
)  # fmt: skip
