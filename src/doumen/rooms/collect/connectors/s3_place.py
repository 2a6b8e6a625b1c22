"""The files of a bucket: listed in pages, brought by ranges, each held to its ETag."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from obstore.exceptions import BaseError, InvalidPathError
from obstore.store import S3Store

from doumen.model.plan import Progress
from doumen.rooms.collect.connectors import faults, names, s3_faults
from doumen.rooms.collect.connectors.bringing import CHUNK, TRIES, Broken, brought
from doumen.rooms.collect.connectors.interface import Item
from doumen.rooms.collect.connectors.s3_address import Options

if TYPE_CHECKING:
    from obstore import GetOptions, ObjectMeta

SECONDS = 30
"""Longest wait for the store, at each step."""
_ERRORS = (BaseError, OSError, ValueError)
"""What the driver raises: its own, and Python's where there is one."""
_DIRECT = {"proxy_url": "http://127.0.0.1:9", "proxy_excludes": "*,0.0.0.0/0,::/0"}
"""A proxy that no host is asked by: what keeps those of the environment out."""
_PAGE = 1000
"""Objects of a page, as the store gives them at most."""
_NOTHING = "doumen/asks/for/what/is/not/there"


class BucketFiles:
    """The files.

    Args:
        options: Where they are.
        secrets: By what we are known there.
    """

    def __init__(self, options: Options, secrets: Mapping[str, str]) -> None:
        self._options = options
        self._known = bool(secrets)
        self._store = _store(options, secrets)

    def items(self, pattern: str) -> Iterator[Item]:
        """As `Files.items`; a folder that nothing lies in cannot be told from one that is none."""
        wanted = names.pattern(pattern)
        found = self._listed(wanted) if wanted.wild else self._named(wanted)
        yield from sorted(found, key=lambda item: item.name)

    def bring(self, item: Item, path: Path, progress: Progress) -> None:
        """As `Files.bring`."""
        brought(item, path, progress, lambda start: (start, self._rest(item, start)))

    def _rest(self, item: Item, start: int) -> Generator[bytes]:
        """The content from a byte on, as long as the object stays what it was."""
        asked: dict[str, Any] = {"range": {"offset": start}} if start else {}
        if item.tag is not None:
            asked["if_match"] = item.tag
        try:
            answer = self._store.get(item.name, options=cast("GetOptions", asked))
            if answer.meta["size"] != item.size or answer.meta["e_tag"] != item.tag:
                raise faults.changed(item.name)
            for chunk in answer.stream(min_chunk_size=CHUNK):
                yield bytes(chunk)
        except _ERRORS as error:
            raise self._meant(error, item.name) from None

    def _named(self, wanted: names.Pattern) -> list[Item]:
        """The one object that is named, which need not be listed; if need be, the list says why."""
        try:
            return [_item(self._store.head(wanted.text.removeprefix("./")))]
        except _ERRORS:
            return self._listed(wanted)

    def _listed(self, wanted: names.Pattern) -> list[Item]:
        """Objects of all pages whose names match.

        Raises:
            DoumenError: they are not listed, and why.
        """
        for _ in range(TRIES):
            try:
                return self._found(wanted)
            except InvalidPathError:
                raise s3_faults.odd_key(self._options) from None
            except _ERRORS as error:
                told = self._meant(error, None)
                if not isinstance(told, Broken):
                    raise told from None
                broken = told.told
        raise broken

    def _found(self, wanted: names.Pattern) -> list[Item]:
        found: list[Item] = []
        empty = True
        for page in self._store.list(wanted.folder or None, chunk_size=_PAGE):
            empty = False
            found += [_item(one) for one in page if wanted.matches(one["path"])]
        if empty:
            self._hold()
        return found

    def _hold(self) -> None:
        """Hold what answers that there is nothing to being a store: a page of the web is none.

        Raises:
            Invalid: it gives something that cannot be there.
        """
        try:
            self._store.head(_NOTHING)
        except _ERRORS:
            return
        raise s3_faults.stranger(self._options)

    def _meant(self, error: BaseException, name: str | None) -> Exception:
        return s3_faults.meant(self._options, error, name, known=self._known)


def _item(told: ObjectMeta) -> Item:
    return Item(told["path"], told["size"], told["e_tag"])


def _store(options: Options, secrets: Mapping[str, str]) -> S3Store:
    """The bucket, asked by nothing but what is written down.

    Raises:
        Invalid: `prefix` is none, or `authorities` is no file of certificates.
    """
    given: dict[str, Any] = {}
    if secrets:
        keys = {
            "access_key_id": secrets["access_key"],
            "secret_access_key": secrets["secret_key"],
            "token": secrets.get("session_token"),
            "expires_at": None,
        }
        given["credential_provider"] = lambda: keys
    config: Any = {
        "aws_endpoint_url_s3": options.address,
        "region": options.region,
        "virtual_hosted_style_request": not options.in_path,
        "skip_signature": not secrets,
        "s3_express": False,
        "request_payer": False,
    }
    client: Any = {
        "allow_http": options.address.startswith("http:"),
        "timeout": "1 day",
        "read_timeout": f"{SECONDS}s",
        "connect_timeout": f"{SECONDS}s",
        **_DIRECT,
    }
    if options.authorities is not None:
        client["root_certificate"] = _read(options.authorities)
    retry: Any = {"max_retries": 1, "retry_timeout": timedelta(seconds=SECONDS)}
    try:
        return S3Store(
            options.bucket, prefix=options.prefix or None, config=config, client_options=client,
            retry_config=retry, **given,
        )  # fmt: skip
    except _ERRORS:
        if options.authorities is not None and not options.prefix:
            raise faults.no_authorities(options.authorities) from None
        raise s3_faults.odd_prefix(options) from None


def _read(authorities: str) -> bytes:
    try:
        return Path(authorities).read_bytes()
    except OSError:
        raise faults.no_authorities(authorities) from None
