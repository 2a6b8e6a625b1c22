"""Attached files, seen by the doctor: whether they are what was attached. Never touched."""

from __future__ import annotations

from collections.abc import Iterator

from doumen.model.fact import snapshot_of
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.snapshot import ATTACHED
from doumen.session.doctor.check import Check, failed
from doumen.stores.attached import Attached
from doumen.stores.catalog import Catalog


def files(catalog: Catalog, *, full: bool) -> Iterator[Check]:
    """Whether all files of the versions in force are there and unchanged; with `full`, read."""
    looked, count, wrong = Attached(), 0, 0
    for key, body in catalog.current().all("dataset"):
        if body["kind"] != ATTACHED:
            continue
        snapshot = snapshot_of(Ref.parse(key), body)
        count += len(snapshot.files)
        for error in looked.missing(snapshot, full=full):
            wrong += 1
            yield failed("attached", error)
    if count and not wrong:
        said = msg("All {count} attached files are what was attached.", count=count)
        yield Check("attached", "ok", said)
