"""The verb `serve`: opens a node to the network until it is told to stop."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doumen.faces.web.terms import MIB, Terms
from doumen.model.errors import Invalid, Unavailable
from doumen.model.hosts import is_loopback
from doumen.model.message import Message, joined, msg, plain, sentence
from doumen.model.operation import Outcome
from doumen.session import Node

if TYPE_CHECKING:
    from starlette.types import ASGIApp

EXTRA = ("starlette", "uvicorn", "python_multipart", "prometheus_client")
TERMS = "DOUMEN_SERVICE_TERMS"
"""How a process of the service is told its terms."""


def serve(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8470,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    plain: bool = False,
    workers: int = 1,
    jobs: int = 8,
    rate: int = 50,
    upload_mib: int = 1024,
    patience: int = 30,
    grace: int = 30,
    background: int = 1,
    origin: tuple[str, ...] = (),
    log: Path | None = None,
    log_format: str = "json",
    log_level: str = "info",
    metrics: str | None = None,
) -> Outcome:
    """Serve a node until SIGTERM or SIGINT; running requests are finished within `grace`.

    Raises:
        Invalid: the options do not fit each other; all of it is told.
        Unavailable: it cannot listen there, or the node does not open.
    """
    _check(
        place=(host, port),
        tls=(tls_cert, tls_key),
        plain=plain,
        origins=origin,
        background=background,
        counts=(workers, jobs, rate, upload_mib, patience),
        metrics=metrics,
    )
    _installed()
    terms = Terms(
        folder=str(folder), jobs=jobs, waiting=8 * jobs, rate=rate, burst=2 * rate,
        upload=upload_mib * MIB, patience=patience, origins=origin, background=background,
        log=None if log is None else str(log.absolute()),
        log_format=log_format, log_level=log_level, counted=metrics is not None,
    )  # fmt: skip
    with Node.open(folder):
        pass  # what is wrong with it is told here, not by a process of its own
    os.environ[TERMS] = terms.written()
    _begin_log(terms)
    with _exposed(metrics, (tls_cert, tls_key)):
        _run(
            f"{host}:{port}",
            host=host,
            port=port,
            workers=workers,
            ssl_certfile=tls_cert,
            ssl_keyfile=tls_key,
            timeout_graceful_shutdown=grace,
        )
    return Outcome(json={"stopped": True}, said=(msg("The service has stopped."),))


def _run(place: str, **options: Any) -> None:
    """Run the server until it is told to stop."""
    import uvicorn  # noqa: PLC0415 (only here, where it is known to be there)

    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, _stopped)
    try:
        uvicorn.run(
            "doumen.faces.web.serve:process",
            factory=True,
            http="h11",
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            **options,
        )
    except SystemExit:
        raise Unavailable(
            msg("The service could not start on {place}.", place=place),
            why=msg("The lines above say what went wrong."),
            next=msg("Choose another --host or --port."),
            detail="listen",
        ) from None


def _installed() -> None:
    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        raise Unavailable(
            msg("The service is not installed."),
            why=msg("There is no {missing}.", missing=joined(msg(", "), missing)),
            next=plain("pip install 'doumen[service]'"),
            detail="extra",
        )


def _stopped(number: int, frame: object) -> None:
    """Nothing: the server took the signal, finished, and gives it on when all is done."""


def process() -> ASGIApp:
    """The application, as a process of the service makes it."""
    from doumen.faces.web.app import application  # noqa: PLC0415 (needs the extra)

    terms = Terms.read(os.environ[TERMS])
    _begin_log(terms)
    return application(terms)


def _begin_log(terms: Terms) -> None:
    from doumen.faces.web import log  # noqa: PLC0415 (needs the extra)

    log.begin(terms)


@contextmanager
def _exposed(place: str | None, tls: tuple[Path | None, Path | None]) -> Iterator[None]:
    """Tell the figures at a place of their own, if there is one, until the block ends."""
    from doumen.faces.web import log, metrics  # noqa: PLC0415 (needs the extra)

    if place is None:
        yield
        return
    with metrics.exposed(place, tls) as address:
        log.SERVER.info("Metrics are told at %s", address)
        yield


def _check(
    *,
    place: tuple[str, int],
    tls: tuple[Path | None, Path | None],
    plain: bool,
    origins: tuple[str, ...],
    background: int,
    counts: tuple[int, ...],
    metrics: str | None,
) -> None:
    (host, port), (cert, key) = place, tls
    faults: list[Message] = []
    if (cert is None) != (key is None):
        faults.append(msg("--tls-cert and --tls-key go together"))
    faults += [
        msg("`{file}` is no file", file=file) for file in (cert, key) if file and not file.is_file()
    ]
    if cert is None and not plain and not is_loopback(host):
        faults.append(
            msg(
                "`{host}` is reached by others, who would see tokens and answers: give "
                "--tls-cert and --tls-key, or --plain where a proxy before it does TLS",
                host=host,
            )
        )
    if not 0 <= port < 1 << 16:
        faults.append(msg("{port} is no port", port=port))
    if any(count < 1 for count in counts):
        faults.append(msg("--workers, --jobs, --rate, --upload-mib and --patience are 1 or more"))
    if background < 0:
        faults.append(msg("--background is 0 or more"))
    if metrics is not None:
        faults += _metrics(metrics, plain=plain or cert is not None)
    if "*" in origins:
        faults.append(msg("--origin names one web origin; `*` would let in all of them"))
    if faults:
        raise Invalid(msg("The service cannot start."), why=sentence(faults), detail="serve")


def _metrics(place: str, *, plain: bool) -> Iterator[Message]:
    """What is wrong with the place of metrics."""
    host, _, port = place.rpartition(":")
    if not port.isdigit() or int(port) >= 1 << 16:
        yield msg("--metrics `{place}` is neither PORT nor ADDRESS:PORT", place=place)
    elif host and not plain and not is_loopback(host.strip("[]")):
        yield msg(
            "--metrics `{host}` is reached by others: give --tls-cert and --tls-key, or --plain",
            host=host,
        )
