"""The corpus at a real node: clean twins under both kinds of contract, and what is found wrong."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.journeys.quality.drawing import DAY, Rows, Tables
from tests.journeys.quality.planting import DECLARED, PROPOSED, Fault, Finding
from tests.journeys.quality.tables import draw

from doumen.kits.standards import odcs
from doumen.model.ref import Ref
from doumen.session import Session

CONTRACTS = Path(__file__).parent / "contracts"
FRESH = "fresh"
SEED = 7


def until_now(rows: Rows) -> Rows:
    """Readings of which the last are from yesterday: freshness is held against the clock."""
    days = timedelta((datetime.now(UTC).date() - DAY).days - 1)
    return [{**row, "at": row["at"] + days} for row in rows]


def twins(seed: int = SEED) -> Tables:
    """The clean twins."""
    tables = draw(seed)
    return {**tables, "readings": until_now(tables["readings"])}


@dataclass
class Corpus:
    """A node with the clean twins.

    Attributes:
        owner: Who collects and checks.
        folder: For files.
        clean: The rows of the clean twins.
        contracts: By who wrote the rules, and table.
    """

    owner: Session
    folder: Path
    clean: Tables
    contracts: dict[tuple[str, str], str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Collect the clean twins, and accept all that is proposed of them."""
        for table, rows in self.clean.items():
            dataset = f"{PROPOSED}.{table}"
            self.owner.do("collect", path=self._file(table, rows), as_dataset=dataset)
            self.owner.do("contract propose", dataset=dataset)
            self.owner.do("proposal accept", dataset=dataset)
            self.contracts[PROPOSED, table] = self._contract(dataset)
        for table, rows in self.clean.items():
            text = (CONTRACTS / f"{table}.yaml").read_text("utf-8")
            self._collect(DECLARED, table, text, rows)
            self.contracts[DECLARED, table] = text

    def clean_of(self, by: str, table: str) -> Mapping[Finding, int]:
        """What is found in a clean twin: its own rows under its own rules."""
        if by == DECLARED:
            return self._found(f"{by}.{table}")
        text = self.contracts[by, table]
        return self._collect(by, f"{table}_clean", text, self.clean[table])

    def fresh(self, tables: Tables) -> Mapping[str, Mapping[Finding, int]]:
        """What is found in other rows of all tables under the rules proposed of the clean twins.

        They lie in a domain of their own, so that they refer to each other.
        """
        return {
            table: self._collect(FRESH, table, self.contracts[PROPOSED, table], rows)
            for table, rows in tables.items()
        }

    def dirty(self, fault: Fault, by: str, number: int) -> Mapping[Finding, int]:
        """What is found in the dirty twin of a fault."""
        rows = fault.plant(self.clean[fault.table])
        text = self.contracts[by, fault.table]
        return self._collect(by, f"{fault.table}_{number}", text, rows)

    def _collect(self, domain: str, name: str, text: str, rows: Rows) -> Mapping[Finding, int]:
        dataset = f"{domain}.{name}"
        path = self.folder / f"{name}.yaml"
        changes = [("table.name", name), ("id", name), ("domain", domain)]
        if domain != DECLARED:
            changes.append(("customProperties.doumenDataset.value", dataset))
        path.write_text(odcs.edit(text, changes), "utf-8")
        file = self._file(name, rows)
        self.owner.do("collect", path=file, as_dataset=dataset, contract=path)
        return self._found(dataset)

    def _found(self, dataset: str) -> Mapping[Finding, int]:
        """Rows in quarantine by reason, and the rules that are broken with what they counted."""
        found: Counter[Finding] = Counter()
        if self.owner.desk.facts().dataset(Ref.parse(f"{dataset}__quarantine")) is not None:
            for reason, column, rows in self.owner.query(
                f"SELECT _reason, _column, count(*) FROM {dataset}__quarantine GROUP BY ALL"
            ).rows():
                found[reason, (column,)] += rows
        for rule in self.owner.do("contract test", dataset=dataset).json["rules"]:
            if str(rule["verdict"]) != "holds":
                columns = tuple(rule["columns"])
                found[rule["kind"], columns] += round(float(rule["count"] or -1))
        return found

    def _contract(self, dataset: str) -> str:
        body = self.owner.desk.facts().body("contract", dataset)
        assert body is not None
        return str(body["text"])

    def _file(self, name: str, rows: Rows) -> Path:
        path = self.folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path
