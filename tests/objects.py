"""An S3 store on loopback, SeaweedFS, started by the first test of a process that asks for it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from obstore.exceptions import BaseError
from obstore.store import S3Store

ACCESS, SECRET = "access-key", "secret-key"
"""Keys of who may do all."""
BUCKET = "tests"
"""The one bucket: each further one would take volumes of its own."""
_IDENTITIES = {
    "identities": [
        {
            "name": "owner",
            "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        },
        {
            "name": "lister",
            "credentials": [{"accessKey": "lister-key", "secretKey": "lister-secret"}],
            "actions": ["List"],
        },
        {"name": "anonymous", "actions": ["Read:open", "List:open"]},
    ]
}
_SECONDS = 60.0
_TRIES = 3


@dataclass
class Objects:
    """A server.

    Attributes:
        endpoint: Its address.
    """

    endpoint: str = ""
    _folder: tempfile.TemporaryDirectory[str] = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="doumen-s3-")
    )
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers; where a port was taken meanwhile, once more."""
        folder = Path(self._folder.name)
        (folder / "s3.json").write_text(json.dumps(_IDENTITIES))
        for number in range(_TRIES):
            data = folder / f"data-{number}"
            data.mkdir()
            self._begin(folder, data)
            if self._answers():
                return
            self._end()
        raise RuntimeError("the S3 store does not answer")

    def _begin(self, folder: Path, data: Path) -> None:
        weed = Path(sys.executable).with_name("weed")
        master, volume, filer, s3 = _ports(4)
        self.endpoint = f"http://127.0.0.1:{s3}"
        self._process = subprocess.Popen(
            [
                weed, "-logtostderr=true", "-v=-1", "server", "-s3", f"-dir={data}",
                "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-master.port={master}",
                f"-volume.port={volume}", f"-filer.port={filer}", f"-s3.port={s3}",
                f"-s3.config={folder / 's3.json'}", "-volume.max=10",
                "-master.volumeSizeLimitMB=64", "-s3.iam=false", "-s3.port.iceberg=0",
                "-s3.port.lance=0", "-master.telemetry=false",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def folder(self) -> Folder:
        """A folder of the bucket that nothing is in."""
        return Folder(self.endpoint, BUCKET, uuid.uuid4().hex[:12])

    def close(self) -> None:
        """End it."""
        self._end()
        self._folder.cleanup()

    def _end(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        """Whether it came up."""
        assert self._process is not None
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            try:
                self.folder().store.put("begun", b"")
            except BaseError:
                time.sleep(0.1)
            else:
                return True
        return False


@dataclass(frozen=True)
class Folder:
    """A folder of a bucket of it."""

    endpoint: str
    bucket: str
    prefix: str

    @property
    def store(self) -> S3Store:
        """To put objects into it, by who may do all."""
        return S3Store(
            self.bucket,
            prefix=self.prefix,
            config={
                "aws_endpoint_url_s3": self.endpoint, "access_key_id": ACCESS,
                "secret_access_key": SECRET, "region": "us-east-1",
                "virtual_hosted_style_request": False,
            },
            client_options={"allow_http": True},
            retry_config={"max_retries": 0},
        )  # fmt: skip

    @property
    def options(self) -> dict[str, Any]:
        """What a document says of it."""
        return {"bucket": self.bucket, "endpoint": self.endpoint, "prefix": self.prefix}

    @property
    def secrets(self) -> dict[str, str]:
        return {"access_key": ACCESS, "secret_key": SECRET}


def _ports(count: int) -> list[int]:
    """Ports that are free, and so are those 10,000 above, where its parts talk to each other."""
    found: list[int] = []
    while len(found) < count:
        with socket.socket() as low, socket.socket() as high:
            low.bind(("127.0.0.1", 0))
            port = low.getsockname()[1]
            if not 1024 <= port < 55_000 or port in found:
                continue
            try:
                high.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
            found.append(port)
    return found
