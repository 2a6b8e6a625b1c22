"""Files behind HTTP addresses, brought into the folder of a collection before they are looked at.

A name is resolved once, its addresses are judged, and the connection goes to the address that
was judged: so no redirect and no second answer of a name server leads into the inner network.
A download that breaks goes on where it stopped, if the server says by its ETag that the content
is the same. Proxies of the environment are not used.
"""

from __future__ import annotations

import hashlib
import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

from doumen.kits.standards.dsp import public
from doumen.model.errors import DoumenError, Faulty, Invalid, NotFound, Refused, Unavailable
from doumen.model.message import Message, msg
from doumen.model.plan import Progress
from doumen.rooms.collect.labels import file_name
from doumen.rooms.collect.unpack import Holding

SECONDS = 30.0
"""Longest wait for a connection or for the next bytes."""
REDIRECTS = 5
TRIES = 4
"""Times that a broken download is taken up again."""
CHUNK = 1 << 18
_KEPT = "%/:=&?~#+!$,;'@()*[]"
_MOVED = {301, 302, 303, 307, 308}
_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was brought.

    Attributes:
        path: Where it lies.
        address: What it is called: of the query, which may hold a key, a digest only.
    """

    path: Path
    address: str


def is_address(text: str) -> bool:
    """Whether what a user names is an address, not a path."""
    return text.lower().startswith(("http://", "https://"))


def fetch(address: str, into: Holding, progress: Progress, *, private: bool = False) -> Fetched:
    """Bring the file behind an address.

    Args:
        address: `http://…` or `https://…`.
        into: Folder, and the bounds of its size.
        progress: Told how far it is.
        private: Whether addresses of this machine and of inner networks are allowed.

    Raises:
        Invalid: the address is none. Refused: it leads where it may not.
        NotFound, Unavailable, Faulty: the server does not give the file whole.
    """
    parts = parts_of(address)
    name = file_name(unquote(parts.path))
    folder = into.place()
    folder.mkdir()
    place = folder / name
    download = _Download(parts, place, into, progress, name, private=private)
    for _ in range(TRIES):
        if download.run():
            return Fetched(place, label(parts))
    raise broken(parts, msg("The connection broke again and again, or the file changed meanwhile."))


class _Download:
    """One file on its way: what is there of it, and the ETag that it has at the server."""

    def __init__(
        self,
        parts: SplitResult,
        place: Path,
        into: Holding,
        progress: Progress,
        name: str,
        *,
        private: bool,
    ) -> None:
        self._parts = parts
        self._place = place
        self._into = into
        self._progress = progress
        self._name = name
        self._private = private
        self._etag: str | None = None
        self._have = 0

    def run(self) -> bool:
        """Take the rest; whether the file is whole now."""
        headers = {}
        if self._have and self._etag is not None:
            headers = {"Range": f"bytes={self._have}-", "If-Range": self._etag}
        else:
            self._have = 0
        with closing(Opened(self._parts, headers, private=self._private)) as opened:
            answer = opened.answer
            if answer.status == 206:
                if begun(answer) != self._have:
                    self._have = 0
                    return False
            else:
                self._have = 0
                etag = answer.getheader("ETag")
                self._etag = etag if etag and not etag.startswith("W/") else None
            return self._take(answer)

    def _take(self, answer: http.client.HTTPResponse) -> bool:
        left = answer.length
        total = None if left is None else self._have + left
        try:
            with self._place.open("ab" if self._have else "wb") as out:
                while chunk := answer.read(CHUNK):
                    self._into.count(len(chunk))
                    out.write(chunk)
                    self._have += len(chunk)
                    part = self._have / total if total else None
                    self._progress(part and min(1.0, part), msg("fetching {name}", name=self._name))
        except (http.client.HTTPException, TimeoutError, ConnectionError, ssl.SSLError):
            return False
        return total is None or self._have == total


class Opened:
    """An answer, redirects followed, and its connection.

    Args:
        parts: What is asked for.
        headers: Sent with every request.
        private: Whether addresses of this machine and of inner networks are allowed.
        method: How it is asked for.
        grants: Headers that hold a secret: sent to the host that is asked first alone.
        trusting: Whose certificates are trusted; None: those that the system trusts.
        judged: Whether an answer that gives no file is an error.

    Attributes:
        answer: The answer.
        parts: Where it came from in the end.

    Raises:
        DoumenError: there is no answer, or none that gives a file.
    """

    def __init__(
        self,
        parts: SplitResult,
        headers: Mapping[str, str],
        *,
        private: bool,
        method: str = "GET",
        grants: Mapping[str, str] | None = None,
        trusting: ssl.SSLContext | None = None,
        judged: bool = True,
    ) -> None:
        home = origin(parts)
        for _ in range(REDIRECTS + 1):
            self._connection = _connect(parts, trusting, private=private)
            granted = dict(grants or {}) if origin(parts) == home else {}
            try:
                answer = self._ask(method, parts, {**headers, **granted})
                if answer.status not in _MOVED:
                    if judged:
                        judge(parts, answer)
                    self.answer, self.parts = answer, parts
                    return
                parts = _next(parts, answer.getheader("Location"))
            except (http.client.HTTPException, OSError) as error:
                self.close()
                raise broken(parts, msg("The server did not answer as HTTP asks for.")) from error
            except DoumenError:
                self.close()
                raise
            self.close()
        raise broken(parts, msg("It leads on more than {redirects} times.", redirects=REDIRECTS))

    def _ask(
        self, method: str, parts: SplitResult, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        asked = {"User-Agent": "doumen", "Accept-Encoding": "identity", **headers}
        self._connection.request(method, target, headers=asked)
        return self._connection.getresponse()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def origin(parts: SplitResult) -> tuple[str, str, int]:
    """What a secret belongs to: scheme, host and port."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return parts.scheme, parts.hostname or "", port


def _connect(
    parts: SplitResult, trusting: ssl.SSLContext | None, *, private: bool
) -> http.client.HTTPConnection:
    """A connection to an address of the host that was judged."""
    scheme, host, port = origin(parts)
    last: OSError | None = None
    for address in _addresses(host, port, private=private):
        try:
            raw = socket.create_connection((address, port), SECONDS)
        except OSError as error:
            last = error
            continue
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
        try:
            if scheme == "https":
                context = trusting or ssl.create_default_context()
                raw = context.wrap_socket(raw, server_hostname=host)
        except OSError as error:
            raw.close()
            raise broken(parts, msg("Its certificate cannot be trusted.")) from error
        connection.sock = raw
        return connection
    raise broken(parts, msg("Nobody answers there.")) from last


def _addresses(host: str, port: int, *, private: bool) -> Iterator[str]:
    """Addresses of a host, all of which may be connected to.

    Raises:
        NotFound: the name is not known. Refused: one of them is within.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFound(
            msg("There is no host `{host}`.", host=host),
            next=msg("Check the address."),
            detail="host",
        ) from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not private and not all(map(_public, addresses)):
        raise Refused(
            msg("`{host}` is an address of this machine or of an inner network.", host=host),
            why=msg("An address from outside could ask for what only this machine may see."),
            next=msg(
                "If it is meant, say `--allow-private`, or `allow_private: true` in a source."
            ),
            detail="address",
        )
    return iter(addresses)


def _public(address: str) -> bool:
    return public(ipaddress.ip_address(address))


def parts_of(address: str) -> SplitResult:
    """An address, its path and query quoted.

    Raises:
        Invalid: it is none, or holds a name or a password.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    odd = any(c.isspace() or not c.isprintable() for c in address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or odd or port == 0:
        raise Invalid(
            msg(
                "`{address}` is no address that a file can be fetched from.", address=address[:200]
            ),
            next=msg("Give it like `https://example.org/data.csv`."),
            detail="address",
        )
    if parts.username is not None or parts.password is not None:
        raise Invalid(
            msg("The address holds a user name or a password, which would be kept in the ledger."),
            next=msg("Fetch the file yourself, and collect it from where it lies."),
            detail="address",
        )
    return parts._replace(
        path=quote(parts.path, safe=_KEPT), query=quote(parts.query, safe=_KEPT), fragment=""
    )


def _next(parts: SplitResult, location: str | None) -> SplitResult:
    """Where a redirect leads.

    Raises:
        Refused: to another scheme.
    """
    following = parts_of(urljoin(urlunsplit(parts), location or ""))
    if following.scheme != parts.scheme:
        raise Refused(
            msg("`{parts}` leads on to `{scheme}`.", parts=plain(parts), scheme=following.scheme),
            why=msg("A redirect may not change between http and https."),
            next=msg("If it is meant, give that address: {following}", following=plain(following)),
            detail="redirect",
        )
    return following


def judge(parts: SplitResult, answer: http.client.HTTPResponse) -> None:
    """Hold an answer to being a file, or a part of one.

    Raises:
        NotFound: there is nothing. Unavailable, Faulty: it is none.
    """
    if answer.status in {200, 206}:
        coded = answer.getheader("Content-Encoding", "identity").lower()
        if coded not in {"identity", ""}:
            raise broken(parts, msg("The server packs it as `{coded}`, unasked.", coded=coded))
        return
    if answer.status in {404, 410}:
        raise NotFound(
            msg("There is nothing at `{parts}`.", parts=plain(parts)),
            next=msg("Check the address."),
            detail="address",
        )
    raise broken(parts, msg("The server answers with status {status}.", status=answer.status))


def begun(answer: http.client.HTTPResponse) -> int:
    """The byte from which an answer comes; -1 where it does not tell of which part it is."""
    if answer.status != 206:
        return 0
    found = _RANGE.fullmatch(answer.getheader("Content-Range", ""))
    return -1 if found is None else int(found[1])


def label(parts: SplitResult) -> str:
    """An address as it is kept: of its query, which may hold a key, a digest."""
    digest = hashlib.sha256(parts.query.encode()).hexdigest()[:8]
    return plain(parts) + (f"?sha256={digest}" if parts.query else "")


def plain(parts: SplitResult) -> str:
    """An address without its query, which may hold a key."""
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def broken(parts: SplitResult, why: Message) -> DoumenError:
    """A file that does not come."""
    kind = Faulty if "packs" in why else Unavailable
    return kind(
        msg("`{address}` cannot be fetched.", address=plain(parts)),
        why=why,
        next=msg("Try again later, or fetch it yourself and collect the file."),
        detail="fetch",
    )
