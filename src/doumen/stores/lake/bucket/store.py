"""The bucket of a lake, asked: what is put, got, listed and removed, and what failures mean.

The words of the store and of the driver are not passed on. Heavy: imported where a bucket is
asked, never by a lake on disk, nor by one whose files are all in the cache.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import S3Store

from doumen.model.errors import DoumenError, Unavailable
from doumen.model.message import Message, msg
from doumen.stores.lake.bucket.address import Address

CHUNK = 8 << 20
"""Bytes that are in memory at a time of what is put or got."""
SECONDS = 30
"""Longest wait for the store, at each step."""
_GONE = (NotFoundError, FileNotFoundError)
"""What the driver raises for what is not there: its own error, or Python's."""
_PAGE = 1000
_STATUS = re.compile(r"status code: (\d{3})|status: (\d{3})")
_WHY = {
    "dns error|failed to lookup|Name or service": msg("There is no host of that name."),
    "Connection refused|ConnectionRefused": msg("Nobody answers at that port."),
    "certificate|UnknownIssuer": msg("Its certificate cannot be trusted."),
    "[Tt]imed ?[Oo]ut|Timeout": msg("It does not answer in time."),
    "NoSuchBucket": msg("There is no such bucket."),
    "InvalidAccessKeyId|SignatureDoesNotMatch": msg("The keys are not those of the store."),
    "AccessDenied|status code: 403|PermissionDenied": msg("The keys do not allow it."),
    "credential|169.254.169.254|IMDS": msg("There are no keys."),
}
"""Why it cannot be used, by what the driver says."""


class Lost(Exception):
    """What was asked for is not in the bucket."""


class Taken(Exception):
    """What was to be put under a name that nothing has is there already."""


class Store:
    """A bucket.

    Args:
        address: Where it is.
    """

    def __init__(self, address: Address) -> None:
        address = address.within(os.environ)
        self._address = address
        with self._meant():
            self._store = S3Store(
                address.bucket,
                prefix=address.prefix or None,
                config=_config(address),
                client_options={
                    "allow_http": True,  # the address was held to what it may be
                    "timeout": "1 day",
                    "read_timeout": f"{SECONDS}s",
                    "connect_timeout": f"{SECONDS}s",
                },
                retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=SECONDS)},
            )

    def put(self, name: str, content: Path | bytes) -> None:
        """Put a file, in parts where it is large.

        Raises:
            Unavailable: the store cannot be written.
        """
        with self._meant():
            self._store.put(name, content, chunk_size=CHUNK, max_concurrency=4)

    def make(self, name: str, content: bytes) -> str:
        """Put what nobody put before; its tag.

        Raises:
            Taken: it is there.
            Unavailable: the store cannot be written.
        """
        with self._meant():
            try:
                return str(self._store.put(name, content, mode="create")["e_tag"])
            except AlreadyExistsError:
                taken = True
        assert taken
        raise Taken

    def get(self, name: str) -> Iterator[bytes]:
        """The content of a file in pieces: one request.

        Raises:
            Lost: it is not there.
            Unavailable: the store cannot be read.
        """
        with self._meant(lost=True):
            for chunk in self._store.get(name).stream(min_chunk_size=CHUNK):
                yield bytes(chunk)

    def head(self, name: str) -> int | None:
        """Bytes of a file; None: it is not there."""
        with self._meant():
            try:
                return int(self._store.head(name)["size"])
            except _GONE:
                return None

    def listed(self, folder: str) -> Iterator[dict[str, Any]]:
        """All files below a folder: `path`, `size`, `e_tag`, `last_modified`."""
        with self._meant():
            for page in self._store.list(folder or None, chunk_size=_PAGE):
                yield from (dict(one) for one in page)

    def remove(self, names: list[str]) -> None:
        """Remove files; those that are gone are left at that."""
        with self._meant():
            for name in names:
                try:
                    self._store.delete(name)
                except _GONE:
                    continue

    @contextmanager
    def _meant(self, *, lost: bool = False) -> Iterator[None]:
        """What the driver raises, as what it means; `lost`: what is not there may be a file."""
        meant: Exception
        try:
            yield
            return
        except DoumenError:
            raise
        except _GONE as error:
            gone = lost and "NoSuchBucket" not in str(error)
            meant = Lost() if gone else self._away(str(error))
        except (BaseError, OSError, ValueError) as error:
            meant = self._away(str(error))
        raise meant from None

    def _away(self, said: str) -> Unavailable:
        why: Message | None = next((w for words, w in _WHY.items() if re.search(words, said)), None)
        status = _STATUS.search(said)
        if why is None and status:
            why = msg("The server answers with status {status}.", status=status[1] or status[2])
        return Unavailable(
            msg("{place} cannot be used.", place=self._address.place),
            why=why or msg("The connection broke."),
            next=msg("Look at `lake` in doumen.toml and at the keys in the environment, or try "
                     "again later."),
            detail="lake",
        )  # fmt: skip


def _config(address: Address) -> Any:
    """How the bucket is asked; what is not written down is as the environment says."""
    given: dict[str, Any] = {
        "region": address.region
        or os.environ.get("AWS_REGION")
        or os.environ.get("AWS_DEFAULT_REGION")
        or "us-east-1",
        "virtual_hosted_style_request": not address.in_path,
    }
    if address.asked is not None:
        given["aws_endpoint_url_s3"] = address.asked
    return given
