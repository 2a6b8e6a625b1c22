"""Files behind addresses: looked at by HEAD, brought by GET, taken up where they broke by ranges.

What a file is, its ETag tells, or the time and size that the server gives for it; where it gives
neither, the file is brought each time, and its content decides.
"""

from __future__ import annotations

import base64
import http.client
import ssl
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import SplitResult, unquote, urljoin

from doumen.model.errors import Invalid, Refused, Unavailable
from doumen.model.hosts import is_loopback
from doumen.model.message import Message, msg
from doumen.model.plan import Progress
from doumen.rooms.collect import fetch
from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.bringing import CHUNK, Broken, brought
from doumen.rooms.collect.connectors.http_address import Options
from doumen.rooms.collect.connectors.interface import Item

_NO_HEAD = {400, 403, 404, 405, 500, 501}
"""What servers answer that do not know HEAD, or sign addresses for GET alone."""


class HttpFiles:
    """The files.

    Args:
        options: Where they are.
        secrets: By what we are known there.
    """

    def __init__(self, options: Options, secrets: Mapping[str, str]) -> None:
        self._options = options
        self._home = fetch.parts_of(options.base.rstrip("/") + "/")
        self._grants = _grants(options.user, secrets)
        if self._grants and self._home.scheme == "http":
            self._guard()
        self._trusting = _trusting(options.authorities)
        self._addresses: dict[str, SplitResult] = {}

    def items(self, pattern: str) -> Iterator[Item]:
        """As `Files.items`: the one file that is named."""
        if "*" in pattern:
            raise Invalid(
                msg("{place} does not list its files.", place=self._options.place),
                next=msg("Name one in `files`, with a path below `base` or a whole address."),
                detail="pattern",
            )
        parts = fetch.parts_of(urljoin(self._home.geturl(), pattern.replace(" ", "%20")))
        name = _name(parts, self._home)
        self._addresses[name] = parts
        try:
            yield self._item(name, self._looked(parts))
        except Broken as broken:
            raise broken.told from None

    def bring(self, item: Item, path: Path, progress: Progress) -> None:
        """As `Files.bring`."""
        strong = item.tag if item.tag is not None and item.tag.startswith('"') else None

        def rest(start: int) -> tuple[int, Generator[bytes]]:
            asked = {}
            if start and strong is not None:
                asked = {"Range": f"bytes={start}-", "If-Range": strong}
            opened = self._opened(self._addresses[item.name], "GET", asked)
            try:
                return self._begun(opened.answer, item, start), self._chunks(opened, item.name)
            except BaseException:
                opened.close()
                raise

        brought(item, path, progress, rest)

    def _begun(self, answer: http.client.HTTPResponse, item: Item, start: int) -> int:
        """From which byte an answer comes, once it is of the file that was listed."""
        self._judge(item.name, answer)
        if _differs(answer, item):
            raise faults.changed(item.name)
        begun = fetch.begun(answer)
        if begun not in {0, start}:
            why = msg("It gives another part of the file than it was asked for.")
            raise Broken(_away(item.name, why))
        return begun

    def _chunks(self, opened: fetch.Opened, name: str) -> Generator[bytes]:
        answer = opened.answer
        left = answer.length
        with closing(opened):
            try:
                while chunk := answer.read(CHUNK):
                    left = None if left is None else left - len(chunk)
                    yield chunk
            except (http.client.HTTPException, OSError):
                left = 1
        if left:
            raise Broken(_away(name, msg("The connection breaks again and again.")))

    def _looked(self, parts: SplitResult) -> http.client.HTTPResponse:
        """The head of an answer; its body is left."""
        with closing(self._opened(parts, "HEAD", {})) as opened:
            answer = opened.answer
        if answer.status in _NO_HEAD:
            with closing(self._opened(parts, "GET", {})) as opened:
                answer = opened.answer
        return answer

    def _item(self, name: str, answer: http.client.HTTPResponse) -> Item:
        self._judge(name, answer)
        length = answer.getheader("Content-Length", "")
        return Item(name, int(length) if length.isdecimal() else None, _tag(answer))

    def _opened(self, parts: SplitResult, method: str, headers: Mapping[str, str]) -> fetch.Opened:
        """An answer, whatever it is.

        Raises:
            Broken: there is none. Refused, NotFound: it leads where it may not, or nowhere.
        """
        ours = fetch.origin(parts) == fetch.origin(self._home)
        try:
            return fetch.Opened(
                parts, headers, private=self._options.allow_private, method=method,
                grants=self._grants if ours else {}, trusting=self._trusting, judged=False,
            )  # fmt: skip
        except Unavailable as error:
            raise Broken(error) from None

    def _judge(self, name: str, answer: http.client.HTTPResponse) -> None:
        """Hold an answer to being the file.

        Raises:
            Refused: it may not be read. NotFound: there is none. Conflict: it became another.
            Broken: it may come later.
        """
        parts, status = self._addresses[name], answer.status
        if status in {401, 407}:
            raise self._stranger()
        if status == 403:
            raise faults.closed(self._options.place, name)
        if status in {412, 416}:
            raise faults.changed(name)
        if status in {408, 425, 429} or status >= 500:
            raise Broken(
                fetch.broken(parts, msg("The server answers with status {status}.", status=status))
            )
        fetch.judge(parts, answer)

    def _stranger(self) -> Refused:
        place = self._options.place
        if not self._grants:
            return Refused(
                msg("{place} asks who reads.", place=place),
                next=msg("Give `user` and the secret `password`, or the secret `token`."),
                detail="source",
            )
        return Refused(
            msg("{place} does not let us in.", place=place),
            why=msg("It does not know the user, or takes neither password nor token."),
            next=msg("Correct `user`, or what the secrets `password` and `token` refer to."),
            detail="source",
        )

    def _guard(self) -> None:
        """Keep secrets from being sent without TLS where nobody said that they may.

        Raises:
            Invalid: they would be.
        """
        if self._options.allow_http or is_loopback(self._home.hostname or ""):
            return
        raise Invalid(
            msg("{place} would be told a secret without TLS.", place=self._options.place),
            why=msg("Whoever sits in between could read it."),
            next=msg("Write `https://` in `base`, or `allow_http: true` if it may be read."),
            detail="tls",
        )


def _grants(user: str | None, secrets: Mapping[str, str]) -> dict[str, str]:
    """Headers by which a server knows who asks.

    Raises:
        Invalid: a token is none.
    """
    if user is not None:
        pair = base64.b64encode(f"{user}:{secrets['password']}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    token = secrets.get("token")
    if token is None:
        return {}
    if not token.isascii() or not token.isprintable():
        raise Invalid(
            msg("What the secret `token` refers to is no token."),
            why=msg("It has characters that cannot be sent."),
            next=msg("Correct it; it is sent as it is, behind `Bearer`."),
            detail="secret",
        )
    return {"Authorization": f"Bearer {token}"}


def _trusting(authorities: str | None) -> ssl.SSLContext:
    """Whose certificates are trusted.

    Raises:
        Invalid: the file holds no certificates.
    """
    try:
        return ssl.create_default_context(cafile=authorities)
    except OSError:
        raise faults.no_authorities(str(authorities)) from None


def _name(parts: SplitResult, home: SplitResult) -> str:
    """What a file is called: its path below the home, else its address; without the query."""
    below = unquote(parts.path.removeprefix(home.path))
    inside = fetch.origin(parts) == fetch.origin(home) and parts.path.startswith(home.path)
    if inside and below and ".." not in below.split("/") and not below.startswith("/"):
        return below
    return fetch.plain(parts)


def _tag(answer: http.client.HTTPResponse) -> str | None:
    """What tells one content from another: the ETag, else time and size."""
    etag = answer.getheader("ETag")
    if etag:
        return etag
    time, size = answer.getheader("Last-Modified"), answer.getheader("Content-Length")
    return f"{time}; {size}" if time and size else None


def _differs(answer: http.client.HTTPResponse, item: Item) -> bool:
    """Whether an answer tells that it is of another content."""
    etag, tag = answer.getheader("ETag"), item.tag
    if tag is not None and tag.startswith(('"', "W/")):
        return etag is not None and etag != tag
    return tag is not None and answer.status == 200 and _tag(answer) not in {tag, None}


def _away(name: str, why: Message) -> Unavailable:
    return Unavailable(
        msg("`{name}` does not come.", name=name),
        why=why,
        next=msg("Try again later."),
        detail="source",
    )
