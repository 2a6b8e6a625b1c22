"""The terms of a service: limits that it was started with, handed to each of its processes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Terms:
    """Limits of one process of the service.

    Attributes:
        folder: Of the node.
        jobs: Jobs at one time; answers on their way count.
        waiting: Requests that may wait for their turn.
        rate: Requests a second of one token, over time.
        burst: Requests of one token at once.
        body: Bytes of a request that is no upload.
        upload: Bytes of an upload.
        patience: Seconds in which the other side must send or take the next piece.
        origins: Web origins whose pages may call the service.
        background: Jobs of the queue at one time; 0: other workers do them.
        log: File that the log goes to; None: standard error.
        log_format: `json` or `text`.
        log_level: The least that is logged: `debug`, `info`, `warning` or `error`.
        counted: Whether figures are kept for Prometheus.
    """

    folder: str
    jobs: int = 8
    waiting: int = 64
    rate: float = 50.0
    burst: int = 100
    body: int = MIB
    upload: int = 1024 * MIB
    patience: float = 30.0
    origins: tuple[str, ...] = ()
    background: int = 1
    log: str | None = None
    log_format: str = "json"
    log_level: str = "info"
    counted: bool = False

    def written(self) -> str:
        """As text, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Terms:
        """What `written` wrote."""
        body = json.loads(text)
        return cls(**{**body, "origins": tuple(body["origins"])})
