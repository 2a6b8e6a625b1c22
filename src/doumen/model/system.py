"""The tables `sys.*`, by which catalogue and ledger are read as data are."""

from __future__ import annotations

from collections.abc import Mapping

from doumen.model.schema import Schema

SCHEMAS: Mapping[str, Schema] = {
    "datasets": Schema.of(
        dataset="VARCHAR", kind="VARCHAR", description="VARCHAR", columns="BIGINT",
        version="BIGINT", rows="BIGINT", contract="VARCHAR", labels="VARCHAR[]",
        derived="BOOLEAN", sources="VARCHAR[]", created="TIMESTAMP", updated="TIMESTAMP",
    ),
    "states": Schema.of(
        dataset="VARCHAR", state="VARCHAR", successor="VARCHAR", until="VARCHAR", reason="VARCHAR",
    ),
    "columns": Schema.of(
        dataset="VARCHAR", position="BIGINT", column="VARCHAR", type="VARCHAR",
        labels="VARCHAR[]",
    ),
    "rules": Schema.of(
        rule="VARCHAR", effect="VARCHAR", action="VARCHAR", who="VARCHAR", target="VARCHAR",
        purposes="VARCHAR[]", until="VARCHAR", duties="VARCHAR[]",
    ),
    "events": Schema.of(
        position="BIGINT", id="VARCHAR", time="TIMESTAMP", type="VARCHAR", actor="VARCHAR",
        purpose="VARCHAR", agreement="VARCHAR", subject="VARCHAR", used="VARCHAR[]",
        generated="VARCHAR[]", rows="BIGINT", code="VARCHAR", rule="VARCHAR", data="VARCHAR",
    ),
    "charges": Schema.of(
        position="BIGINT", event="VARCHAR", time="TIMESTAMP", actor="VARCHAR",
        account="VARCHAR", unit="VARCHAR", amount="BIGINT",
    ),
    "lineage": Schema.of(
        position="BIGINT", event="VARCHAR", output="VARCHAR", output_position="BIGINT",
        output_column="VARCHAR", source="VARCHAR", source_column="VARCHAR", kind="VARCHAR",
    ),
    "quality": Schema.of(
        position="BIGINT", event="VARCHAR", time="TIMESTAMP", actor="VARCHAR", dataset="VARCHAR",
        version="BIGINT", contract="VARCHAR", scope="VARCHAR", rows="BIGINT", rule="VARCHAR",
        kind="VARCHAR", columns="VARCHAR[]", dimension="VARCHAR", severity="VARCHAR",
        owner="VARCHAR", count="DOUBLE", verdict="VARCHAR",
    ),
}  # fmt: skip
"""Name → columns of each table."""
