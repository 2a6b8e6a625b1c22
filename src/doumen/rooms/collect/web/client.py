"""One who asks an HTTP interface: signs, keeps the pace, waits and asks again, takes answers whole.

What is asked for is a reading, so it may be asked for again after a failure, by POST too. What an
answer leads to (a redirect, the address of a next page) is followed: secrets and headers of the
source stay behind where it is another origin, and an inner network is not entered.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TypeVar

from doumen.model.errors import Invalid, is_full, no_room
from doumen.model.message import Message, msg
from doumen.rooms.collect.web import faults
from doumen.rooms.collect.web.address import Address
from doumen.rooms.collect.web.body import Cut, taken
from doumen.rooms.collect.web.line import connected, trusting
from doumen.rooms.collect.web.manners import PATIENCE, SPENT, Again, Manners
from doumen.rooms.collect.web.signing import Fixed, Sign

REDIRECTS = 5
MOST = 16 << 30
"""Bytes of one answer that is read as it comes, not as a whole."""
SECONDS = 60.0
"""Longest wait for the next bytes."""
_MOVED = {301, 302, 303, 307, 308}
_KEEPS = {307, 308}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked.

    Attributes:
        headers: Beside those of the source.
        body: What is sent; None: nothing.
        most: Most bytes of the answer, unpacked.
        takes: States that are answers too, not errors.
    """

    address: Address
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    most: int = MOST
    takes: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came whole.

    Attributes:
        address: Where it came from in the end.
        headers: Its headers; several of one name one after another.
        body: From its beginning on.
        framed: Whether it says where it ends, so that a cut would have been seen.
    """

    address: Address
    status: int
    headers: http.client.HTTPMessage
    body: IO[bytes]
    framed: bool

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, *_: object) -> None:
        self.body.close()


class Client:
    """Asks on behalf of a source.

    Args:
        home: What the source names; secrets go to its origin alone.
        sign: By what it knows us.
        manners: How it is asked.
        headers: What every request there carries.
        seconds: Longest wait for the next bytes.
        private: Whether answers may lead to this machine and to inner networks.
        authorities: File (PEM) of certificates that are trusted beside those of the system.

    Raises:
        Unavailable: the file cannot be read.
    """

    def __init__(
        self,
        home: Address,
        sign: Sign | None = None,
        manners: Manners | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
        private: bool = False,
        authorities: str | None = None,
    ) -> None:
        self.home = home
        self._sign = sign or Fixed()
        self._manners = manners or Manners()
        self._headers = dict(headers or {})
        self._seconds = seconds
        self._private = private
        self._context = trusting(authorities)
        self._kept: dict[tuple[str, str, int], http.client.HTTPConnection] = {}

    def ask(self, call: Call, moved: Callable[[int], None] = lambda size: None) -> Answer:
        """Ask, and take the answer whole; after a failure that may pass, ask again.

        Args:
            call: What is asked.
            moved: Told how many bytes came so far.

        Raises:
            Unavailable: it fails again and again. Refused: it does not let us in, or leads astray.
            NotFound: there is nothing. Invalid: it does not take what it is asked.
            Faulty: what it answers is none.
        """

        def once() -> Answer:
            with self.opened(call, {"Accept-Encoding": "gzip"}) as (address, raw):
                _held(call, address, raw.status)
                framed = raw.length is not None or bool(raw.chunked)
                body = taken(address, raw, call.most, moved)
                return Answer(address, raw.status, raw.headers, body, framed)

        return self.persist(call.address, once)

    def persist(self, address: Address, once: Callable[[], _T]) -> _T:
        """Do something that asks, and after a failure that may pass do it again.

        Raises:
            As `ask`.
        """
        failures, renewed = 0, False
        while True:
            try:
                return once()
            except Again as again:
                failures += 1
                if failures >= self._manners.tries:
                    raise again.error from again
                self._wait(address, again.after, failures)
            except Stranger as stranger:
                if renewed or not self.renewed():
                    raise faults.of_status(stranger.address, 401) from None
                renewed = True

    @contextmanager
    def opened(
        self, call: Call, more: Mapping[str, str]
    ) -> Iterator[tuple[Address, http.client.HTTPResponse]]:
        """Ask once, and give the answer whose head has come, with where it comes from.

        Args:
            call: What is asked.
            more: Headers that go along wherever it leads.

        Raises:
            Again: what breaks, and what the status says may pass. Stranger: it is not let in.
            DoumenError: what else it says.
        """
        address, connection = call.address, None
        try:
            for _ in range(REDIRECTS + 1):
                self._manners.step()
                connection, raw = self._sent(call, address, more)
                if raw.status not in _MOVED:
                    self._judged(call, address, raw)
                    yield address, raw
                    self._keep(address, connection, raw)
                    return
                connection.close()
                address = _moved(call, address, raw)
        except (http.client.HTTPException, OSError, Cut) as error:
            if is_full(error):
                raise no_room() from error
            why = msg("Its answer did not come, or broke off.")
            raise Again(faults.unanswered(address, why)) from error
        finally:
            if connection is not None and connection not in self._kept.values():
                connection.close()
        raise faults.unanswered(
            call.address, msg("It leads on more than {redirects} times.", redirects=REDIRECTS)
        )

    def close(self) -> None:
        """End the connections that are kept."""
        kept, self._kept = self._kept, {}
        for connection in kept.values():
            connection.close()

    def renewed(self) -> bool:
        """Whether we are known by something else, after this was not taken."""
        return self._sign.renewed()

    def obey(self, address: Address, after: float) -> None:
        """Wait as long as an interface asks for.

        Raises:
            Unavailable: that is longer than a run waits.
        """
        if after > PATIENCE:
            raise faults.impatient(address, after, PATIENCE)
        self._manners.clock.sleep(after)

    def _wait(self, address: Address, after: float | None, failures: int) -> None:
        if after is None:
            self._manners.pause(failures)
        else:
            self.obey(address, after)

    def _sent(
        self, call: Call, address: Address, more: Mapping[str, str]
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """Send a request; on a line that was kept, if it is still open."""
        home = address.origin == self.home.origin
        headers = {"User-Agent": "doumen", **more}
        if home:
            ours = {name.lower() for name in self._headers}
            headers |= {k: v for k, v in call.headers.items() if k.lower() not in ours}
            headers |= {**self._headers, **self._sign.headers()}
            address = address.asking(self._sign.params().items())
        else:
            headers |= {k: v for k, v in call.headers.items() if k in {"Accept", "Content-Type"}}
        kept = self._kept.pop(address.origin, None)
        if kept is not None:
            try:
                return kept, _requested(kept, call, address, headers)
            except ConnectionError:  # it was closed meanwhile
                kept.close()
        fresh = connected(address, self._context, self._seconds, private=self._private or home)
        try:
            return fresh, _requested(fresh, call, address, headers)
        except BaseException:
            fresh.close()
            raise

    def _judged(self, call: Call, address: Address, raw: http.client.HTTPResponse) -> None:
        """Hold an answer to its status."""
        if raw.status in call.takes:
            return
        if raw.status == 401 and address.origin == self.home.origin:
            raise Stranger(address)
        after = self._manners.asked(raw.getheader("Retry-After"))
        if raw.status in SPENT or (raw.status == 403 and after is not None):
            raise Again(faults.of_status(address, raw.status), after)
        if not 200 <= raw.status < 300 and raw.status not in {304, 416}:
            raise faults.of_status(address, raw.status)

    def _keep(
        self,
        address: Address,
        connection: http.client.HTTPConnection,
        raw: http.client.HTTPResponse,
    ) -> None:
        if raw.isclosed() and not raw.will_close:
            self._kept[address.origin] = connection


class Stranger(Exception):
    """An interface does not know us."""

    def __init__(self, address: Address) -> None:
        super().__init__(str(address))
        self.address = address


def _requested(
    connection: http.client.HTTPConnection,
    call: Call,
    address: Address,
    headers: Mapping[str, str],
) -> http.client.HTTPResponse:
    try:
        connection.request(call.method, address.target, call.body, dict(headers))
    except (ValueError, http.client.NotConnected) as error:
        if isinstance(error, http.client.NotConnected):
            raise ConnectionResetError from error
        raise faults.of_status(address, 400) from error
    return connection.getresponse()


def _moved(call: Call, address: Address, raw: http.client.HTTPResponse) -> Address:
    """Where a redirect leads.

    Raises:
        Refused: to where it is not followed.
    """
    try:
        target = address.joined(raw.getheader("Location", ""))
    except Invalid:
        raise faults.not_given(address, msg("It leads on to no address.")) from None
    why = _astray(call, address, target, raw.status)
    if why is not None:
        raise faults.leads_on(address, target, why)
    return target


def _astray(call: Call, address: Address, target: Address, status: int) -> Message | None:
    if address.scheme == "https" and target.scheme == "http":
        return msg("A redirect may not leave TLS.")
    if call.method != "GET" and (status not in _KEEPS or target.origin != address.origin):
        return msg("What is sent by POST goes nowhere else.")
    return None


def _held(call: Call, address: Address, status: int) -> None:
    """Hold an answer to be one to what was asked."""
    if status in {206, 304, 416} - call.takes:
        raise faults.not_given(address, msg("It answers with status {status}.", status=status))


__all__ = ["MOST", "Again", "Answer", "Call", "Client", "Stranger"]
