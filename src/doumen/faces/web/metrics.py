"""Figures of the service for Prometheus: counted in each process, told by one for all of them.

Each process counts into files of one folder (the multi-process mode of `prometheus_client`); the
process that was started first reads all of them when it is asked, on an address of its own. No
label names an actor, a dataset or anything that a client can choose.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doumen.model.errors import Unavailable
from doumen.model.files import reason
from doumen.model.message import msg

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from doumen.faces.web.log import Line
    from doumen.session.node import Vitals

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the processes count; read by `prometheus_client` when it is imported."""
EVERY = 5.0
"""Seconds between two looks at store and engine."""
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
"""Seconds of a request."""
NONE = "none"
"""Operation of a request that reached none."""
_FILE = re.compile(r"gauge_live\w+_(\d+)\.db")


class Metrics:
    """What one process counts."""

    def __init__(self) -> None:
        from prometheus_client import (  # noqa: PLC0415 (needs the extra, and the folder named)
            CollectorRegistry,
            Counter,
            Gauge,
            Histogram,
        )

        own = CollectorRegistry()

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(f"doumen_{name}", about, labels, registry=own)

        def gauge(name: str, about: str, how: str, *labels: str) -> Gauge:
            return Gauge(f"doumen_{name}", about, labels, registry=own, multiprocess_mode=how)  # type: ignore[arg-type]  # one of its words

        self._requests = counter("requests", "Requests answered.", "operation", "status")
        self._seconds = Histogram(
            "doumen_request_seconds",
            "Seconds from the head of a request to the last byte of its answer.",
            ["operation"],
            buckets=BUCKETS,
            registry=own,
        )
        self._problems = counter("problems", "Requests refused or failed.", "code")
        self._broken = counter("broken_answers", "Answers not sent to their end.")
        self._bytes = counter("answer_bytes", "Bytes of bodies sent.", "operation")
        self._rows = counter("answer_rows", "Rows of answers sent.")
        self._collected = counter("collected_rows", "Rows brought in.", "fate")
        self._running = gauge("jobs_running", "Jobs at the gate.", "livesum")
        self._waiting = gauge("jobs_waiting", "Jobs that wait for a place.", "livesum")
        self._workers = gauge("engine_workers", "Processes of the engine.", "livesum")
        self._entries = gauge("ledger_entries", "Entries of the ledger.", "livemax")
        self._store = gauge("store_seconds", "Of the last look at the store.", "livemax")
        self._up = gauge("store_up", "Whether the store answers.", "livemin")
        build = gauge("build_info", "The version.", "livemax", "version")
        build.labels(version("doumen")).set(1)

    def finished(self, line: Line) -> None:
        """Count a request that is over."""
        operation = line.said.get("operation", NONE)
        self._requests.labels(operation, str(line.status)).inc()
        self._seconds.labels(operation).observe(line.seconds)
        self._bytes.labels(operation).inc(line.bytes)
        self._rows.inc(line.rows)
        if "code" in line.said:
            self._problems.labels(line.said["code"]).inc()
        if "ended" in line.said:
            self._broken.inc()
        for fate in ("landed", "quarantined"):
            self._collected.labels(fate).inc(line.said.get(fate, 0))

    def places(self, running: int, waiting: int) -> None:
        """Tell how many jobs there are."""
        self._running.set(running)
        self._waiting.set(waiting)

    async def watch(self, look: Callable[[], Awaitable[Vitals]]) -> None:
        """Look at store and engine again and again."""
        while True:
            try:
                seen = await look()
            except Unavailable:
                self._up.set(0)
            else:
                self._up.set(1)
                self._store.set(seen.store_seconds)
                self._entries.set(seen.ledger_entries)
                self._workers.set(seen.engine_workers)
            await asyncio.sleep(EVERY)


@contextmanager
def exposed(place: str, tls: tuple[Path | None, Path | None]) -> Iterator[str]:
    """Tell the figures of all processes at `/metrics`, until the block ends; gives its address.

    Args:
        place: `PORT` or `ADDRESS:PORT`; of this machine alone where no address is said.
        tls: Certificate and key; none of them: without TLS.

    Raises:
        Unavailable: it cannot be listened on.
    """
    said, _, number = place.rpartition(":")
    host, port = said.strip("[]") or "127.0.0.1", int(number)
    folder = tempfile.mkdtemp(prefix="doumen-metrics-")
    os.environ[FOLDER] = folder
    try:
        from prometheus_client import start_http_server  # noqa: PLC0415 (after the folder is named)

        cert, key = (None if each is None else str(each) for each in tls)
        try:
            server, thread = start_http_server(
                port, host, registry=_registry(folder), certfile=cert, keyfile=key
            )
        except (OSError, ssl.SSLError) as error:
            raise Unavailable(
                msg("Metrics cannot be told on `{place}`.", place=place),
                why=reason(error),
                next=msg("Choose another --metrics."),
                detail="listen",
            ) from None
        try:
            shown = f"[{host}]" if ":" in host else host
            scheme = "http" if cert is None else "https"
            yield f"{scheme}://{shown}:{server.server_port}/metrics"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
    finally:
        os.environ.pop(FOLDER, None)
        shutil.rmtree(folder, ignore_errors=True)


def _registry(folder: str) -> CollectorRegistry:
    """All processes together; what the dead had running is left out, what they counted is kept."""
    from prometheus_client import CollectorRegistry, multiprocess  # noqa: PLC0415 (needs the extra)

    class Together:
        def collect(self) -> Any:
            for number in {int(f[1]) for p in Path(folder).iterdir() if (f := _FILE.match(p.name))}:
                if not _alive(number):
                    with suppress(FileNotFoundError):
                        multiprocess.mark_process_dead(number, folder)  # type: ignore[no-untyped-call]
            return multiprocess.MultiProcessCollector(None, folder).collect()  # type: ignore[no-untyped-call]

    registry = CollectorRegistry()
    registry.register(Together())
    return registry


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
