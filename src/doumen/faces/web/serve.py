"""The verb `serve`: opens a node to the network until it is told to stop."""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doumen.faces.web.terms import MIB, Terms
from doumen.model.errors import Invalid, Unavailable
from doumen.model.message import Message, msg, plain, sentence
from doumen.model.operation import Outcome
from doumen.session import Node

if TYPE_CHECKING:
    from starlette.types import ASGIApp

EXTRA = ("starlette", "uvicorn", "python_multipart")
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
    origin: tuple[str, ...] = (),
) -> Outcome:
    """Serve a node until SIGTERM or SIGINT; running requests are finished within `grace`.

    Raises:
        Invalid: the options do not fit each other; all of it is told.
        Unavailable: it cannot listen there, or the node does not open.
    """
    _check(
        host=host,
        port=port,
        tls=(tls_cert, tls_key),
        plain=plain,
        origins=origin,
        counts=(workers, jobs, rate, upload_mib, patience),
    )
    _installed()
    terms = Terms(
        folder=str(folder),
        jobs=jobs,
        waiting=8 * jobs,
        rate=rate,
        burst=2 * rate,
        upload=upload_mib * MIB,
        patience=patience,
        origins=origin,
    )
    with Node.open(folder):
        pass  # what is wrong with it is told here, not by a process of its own
    os.environ[TERMS] = terms.written()
    _logs()
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
            why=msg("There is no {missing}.", missing=", ".join(missing)),
            next=plain("pip install 'doumen[service]'"),
            detail="extra",
        )


def _stopped(number: int, frame: object) -> None:
    """Nothing: the server took the signal, finished, and gives it on when all is done."""


def process() -> ASGIApp:
    """The application, as a process of the service makes it."""
    from doumen.faces.web.app import application  # noqa: PLC0415 (needs the extra)

    _logs()
    return application(Terms.read(os.environ[TERMS]))


def _logs() -> None:
    """Lines to standard error: of the service as JSON, of the server in its own words."""
    access = logging.getLogger("doumen.access")
    if not access.handlers:
        access.addHandler(logging.StreamHandler(sys.stderr))
        access.setLevel(logging.INFO)
        access.propagate = False
        server = logging.getLogger("uvicorn")
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_NoTrace("%(levelname)s %(message)s"))
        server.addHandler(handler)
        server.setLevel(logging.INFO)
        server.propagate = False


class _NoTrace(logging.Formatter):
    """Lines without the text of exceptions, which may hold what was sent."""

    def formatException(self, ei: object) -> str:
        """The kind alone."""
        return f"({ei[0].__name__})" if isinstance(ei, tuple) and ei[0] is not None else ""


def _check(
    *,
    host: str,
    port: int,
    tls: tuple[Path | None, Path | None],
    plain: bool,
    origins: tuple[str, ...],
    counts: tuple[int, ...],
) -> None:
    cert, key = tls
    faults: list[Message] = []
    if (cert is None) != (key is None):
        faults.append(msg("--tls-cert and --tls-key go together"))
    faults += [
        msg("`{file}` is no file", file=file) for file in (cert, key) if file and not file.is_file()
    ]
    if cert is None and not plain and not _loopback(host):
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
    if "*" in origins:
        faults.append(msg("--origin names one web origin; `*` would let in all of them"))
    if faults:
        raise Invalid(msg("The service cannot start."), why=sentence(faults), detail="serve")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
