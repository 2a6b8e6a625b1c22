"""Two nodes in one process, each behind its real face, on a wire that a test holds in its hands.

No socket is opened: a request of one goes as ASGI into the application of the other. The wire
loses, changes or invents what a test wants; `Liar` answers as a provider that has its own valid
keys and says what is not so.
"""

from __future__ import annotations

import asyncio
import io
import json
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from starlette.routing import Router
from starlette.types import ASGIApp

import doumen
from doumen.faces.web.entrance import Rate
from doumen.faces.web.outer import Outer
from doumen.faces.web.protocols import dsp, exchange
from doumen.faces.web.terms import Terms
from doumen.faces.web.verb import House
from doumen.faces.web.work import Work
from doumen.gate import Counter, Gate, Means
from doumen.gate.commit import Draft
from doumen.gate.record import new_id
from doumen.kits import policy
from doumen.kits.evidence import jws
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.agreement import Agreement, Side, key_of
from doumen.model.answer import COLUMNS, EXPIRES, TRUNCATED, WHOLE
from doumen.model.errors import Unavailable
from doumen.model.event import Event, Used
from doumen.model.fact import Fact
from doumen.model.job import Request
from doumen.model.message import msg
from doumen.model.peer import Call, Reply, Streamed
from doumen.session import Node, create
from doumen.session.node import silent

Bend = Callable[[Call, Streamed], Streamed]


class Face:
    """The application of an open node, run without a network."""

    def __init__(self, node: Node) -> None:
        terms = Terms(str(node.directory), rate=1e6, burst=10**6)
        self._work = Work(terms, None)
        house = House(node, node.session(), terms, self._work, Rate(1e6, 10**6), Rate(1e6, 10**6))
        routes = [*exchange.routes(lambda: house), *dsp.routes(lambda: house)]
        self._app: ASGIApp = Outer(Router(routes))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def ask(self, call: Call) -> Streamed:
        """Status and headers of an answer, and its pieces as they come."""
        sent: queue.Queue[Any] = queue.Queue()
        path = "/" + call.address.partition("://")[2].partition("/")[2]
        scope = {
            "type": "http", "method": call.method, "path": path, "raw_path": path.encode(),
            "query_string": b"", "root_path": "",
            "headers": [(k.encode(), v.encode()) for k, v in call.headers.items()],
        }  # fmt: skip
        running = asyncio.run_coroutine_threadsafe(self._run(scope, call.body, sent), self._loop)
        running.add_done_callback(lambda _: sent.put(None))
        head = sent.get(timeout=60)
        assert head is not None, running.exception()

        def pieces() -> Iterator[bytes]:
            while (message := sent.get(timeout=60)) is not None:
                if message.get("body"):
                    yield message["body"]
                if not message.get("more_body"):
                    return
            raise lost()

        headers = {k.decode(): v.decode() for k, v in head["headers"]}
        return Streamed(head["status"], headers, pieces())

    async def _run(self, scope: Any, body: bytes | None, sent: queue.Queue[Any]) -> None:
        given = [{"type": "http.request", "body": body or b"", "more_body": False}]

        async def receive() -> Any:
            if given:
                return given.pop()
            return await asyncio.Event().wait()

        async def send(message: Any) -> None:
            sent.put(message)

        await self._app(scope, receive, send)

    def close(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._work.close()


def lost() -> Unavailable:
    """What the way to another node says where something was lost."""
    return Unavailable(msg("Lost on the way."), detail="peer")


@dataclass
class Wire:
    """Implements `Peers`.

    Attributes:
        faces: Base address of a node → its application.
        seen: What was sent.
        before: Called with each request; where it raises, the request is lost.
        bend: Makes of an answer what comes back; where it raises, the answer is lost.
    """

    faces: Mapping[str, Face]
    seen: list[Call] = field(default_factory=list)
    before: Callable[[Call], None] = lambda call: None
    bend: Bend = lambda call, answer: answer

    def call(self, call: Call, most: int) -> Reply:
        with self.stream(call) as streamed:
            return Reply(streamed.status, streamed.headers, b"".join(streamed.pieces))

    @contextmanager
    def stream(self, call: Call) -> Iterator[Streamed]:
        self.seen.append(call)
        self.before(call)
        face = next(f for base, f in self.faces.items() if call.address.startswith(base))
        yield self.bend(call, face.ask(call))


@dataclass
class Linked:
    """A provider `weather` and a consumer `port`, which know each other."""

    weather: Node
    port: Node
    wire: Wire
    back: Wire

    def restore(self) -> None:
        """Let the wire be honest again."""
        for wire in (self.wire, self.back):
            wire.before = lambda call: None
            wire.bend = lambda call, answer: answer
            wire.seen.clear()

    def agree(self, name: str, terms: str, **changes: Any) -> str:
        """Put an agreement in force on both sides, as if it had been negotiated."""
        id = f"urn:test:{name}"
        read = policy.read_terms(terms)
        for node, side, other in (
            (self.weather, Side.PROVIDER, self.port),
            (self.port, Side.CONSUMER, self.weather),
        ):
            one = Agreement(
                key_of(id), id, side, other.means.own().id, "weather", read, "2026-01-01T00:00:00Z"
            )
            body = policy.agreement_as_json(replace(one, **changes)) | {"policy": {}}
            commit(node, Fact("agreement", one.key, body))
        return key_of(id)

    def usage(self, key: str) -> tuple[tuple[int, int], tuple[int, int], int]:
        """Queries and rows as provider and consumer count them, and what is open."""
        there = self.weather.session().desk.exchange().usage(key)
        here = self.port.session().desk.exchange().usage(key)
        return (there.queries, there.rows), (here.queries, here.rows), here.open

    def settle(self) -> None:
        """Wait for what goes on behind answers."""
        self.port.means.settling.wait()
        self.weather.means.settling.wait()

    def receipts(self, key: str) -> tuple[dict[str, str], dict[str, str]]:
        """Receipts of the provider's reads, by id: as the provider holds them, and the consumer."""
        there = {
            event["id"]: receipt(self.weather, event["id"])
            for event in events(self.weather, key)
            if event["type"] in {"query", "query.ended"}
        }
        here = {}
        for event in events(self.port, key):
            remote = event["data"].get("remote")
            if remote is not None and event["type"].startswith("query"):
                text = read_receipt(receipt(self.port, event["id"])).disclosed.get("counterpart")
                if text is not None:
                    here[remote["receipt"]] = text
        return there, here


def signers(text: str) -> tuple[str, ...]:
    """Who signed a receipt."""
    return jws.signers(text)


def desk(node: Node, purpose: str | None, means: Means, actor: str = "owner") -> Counter:
    """An actor before the gate of a node with other means."""
    return Counter(Gate(means), actor, purpose, silent)


def receipt(node: Node, id: str) -> str:
    """The text of a receipt, as a node holds it."""
    with node.means.database.read() as connection:
        text = node.means.ledger.receipt(connection, id)
    assert text is not None
    return text


def events(node: Node, key: str | None = None) -> list[dict[str, Any]]:
    """The events of a node, or those under an agreement."""
    found = [json.loads(entry) for entry in node.session().desk.entries()]
    return [one for one in found if key is None or one["agreement"] == key]


def commit(node: Node, *facts: Fact) -> None:
    """Make facts true, as no verb would."""
    now = node.means.clock()
    event = Event(new_id(now, node.means.entropy), now.isoformat(), "test", "owner")
    node.means.commits.submit(lambda _: Draft(event, facts))


@contextmanager
def linked(
    folder: Path, datasets: Mapping[str, str], settings: str = "", *, masks: str | None = None
) -> Iterator[Linked]:
    """Two nodes.

    Args:
        folder: Where they are made.
        datasets: Of the provider: name → CSV.
        settings: Lines of `doumen.toml` as `name = value`, in place of those that are there.
        masks: Keys of masks in place of those that are made; None: these.
    """
    for name in ("weather", "port"):
        create(folder / name, name, address=f"https://{name}.example")
        if masks is not None:
            (folder / name / "keys" / "mask.keys").write_text(masks)
        file = folder / name / "doumen.toml"
        lines = file.read_text("utf-8").splitlines()
        for line in settings.splitlines():
            start = line.partition("=")[0]
            lines = [line if one.startswith(start) else one for one in lines]
        file.write_text("\n".join(lines) + "\n", "utf-8")
    with doumen.open(folder / "weather") as weather, doumen.open(folder / "port") as port:
        pair = {"weather": weather, "port": port}
        faces: dict[str, Face] = {}
        wires: dict[str, Wire] = {}
        for name in pair:
            wires[name] = Wire(faces)
        for name, node in pair.items():
            node.means = replace(node.means, peers=wires[name])
            node.gate = Gate(node.means)
            faces[node.means.own().address] = Face(node)
        for node, other, alias in ((weather, port, "port"), (port, weather, "weather")):
            own = replace(other.means.own(), alias=alias)
            commit(node, Fact("participant", own.id, own.as_json()))
        for name, text in datasets.items():
            (folder / f"{name}.csv").write_text(text)
            weather.session().do("collect", path=folder / f"{name}.csv", as_dataset=name)
        try:
            yield Linked(weather, port, wires["port"], wires["weather"])
        finally:
            for node in pair.values():
                node.means.settling.wait()
            for face in faces.values():
                face.close()


@dataclass
class Liar:
    """Answers of a provider that has its keys: all is signed, and not all is so.

    Attributes:
        node: Of the provider.
    """

    node: Node

    def bend(
        self,
        *,
        event: Callable[[dict[str, Any]], dict[str, Any]] = lambda event: event,
        table: Callable[[pa.Table], pa.Table] = lambda table: table,
        head: Mapping[bytes, bytes] | None = None,
        end: Mapping[bytes, bytes] | None = None,
        text: Callable[[str], str] = lambda text: text,
        options: Any = None,
    ) -> Bend:
        """Make the true answer another one.

        Args:
            event: Changes the event that is signed.
            table: Changes the rows.
            head: Metadata of the schema in place of the true ones.
            end: Metadata of the end in place of the true ones.
            text: Changes the text of the receipt.
            options: Of the Arrow writer.
        """

        def bent(call: Call, answer: Streamed) -> Streamed:
            if not call.address.endswith("/exchange/query") or answer.status != 200:
                return answer
            reader = pa.ipc.open_stream(io.BytesIO(b"".join(answer.pieces)))
            metadata = dict(reader.schema.metadata) | dict(head or {})
            batches = []
            last: dict[bytes, bytes] = {}
            while not last:
                batch, found = reader.read_next_batch_with_custom_metadata()
                if found is not None and WHOLE in found:
                    last = dict(found)
                else:
                    batches.append(batch)
            rows = table(pa.Table.from_batches(batches, reader.schema.remove_metadata()))
            said = text(self.signed(last[WHOLE].decode(), event))
            last |= {WHOLE: said.encode(), **(end or {})}
            sink = io.BytesIO()
            with pa.ipc.new_stream(
                sink, rows.schema.with_metadata(metadata), options=options
            ) as out:
                out.write_table(rows)
                empty = rows.schema.empty_table().to_batches()
                nothing = pa.RecordBatch.from_arrays(
                    [pa.array([], f.type) for f in rows.schema],
                    schema=rows.schema.with_metadata(metadata),
                ) if not empty else empty[0]  # fmt: skip
                out.write_batch(nothing, custom_metadata=last)
            return replace(answer, pieces=iter([sink.getvalue()]))

        return bent

    def signed(self, text: str, event: Callable[[dict[str, Any]], dict[str, Any]]) -> str:
        """A receipt of this node over a changed event; the same where nothing was changed.

        It charges nothing: what the true answer cost was charged before.
        """
        receipt = read_receipt(text)
        changed = event(json.loads(json.dumps(receipt.event)))
        if changed == receipt.event:
            return text
        means = self.node.means
        draft = Draft(
            Event(
                id=new_id(means.clock(), means.entropy),
                time=changed["time"],
                type=changed["type"],
                actor=changed["actor"],
                purpose=changed["purpose"],
                agreement=changed["agreement"],
                used=tuple(Used(one["dataset"], one["version"]) for one in changed["used"]),
                data=changed["data"],
            ),
            disclosed=receipt.disclosed,
        )
        id = means.commits.submit(lambda _: draft).id
        with means.database.read() as connection:
            found = means.ledger.receipt(connection, id)
        assert found is not None
        return found


def only(path: str, what: Callable[[Call], None]) -> Callable[[Call], None]:
    """Do something with requests to a path only."""

    def before(call: Call) -> None:
        if call.address.endswith(path):
            what(call)

    return before


def losing(call: Call) -> None:
    """Lose a request."""
    raise lost()


def told(columns: Sequence[tuple[str, str]]) -> bytes:
    """The columns of an answer, as its metadata tell them."""
    return json.dumps([{"name": name, "type": type} for name, type in columns]).encode()


__all__ = [
    "COLUMNS", "EXPIRES", "TRUNCATED", "Bend", "Fact", "Liar", "Linked", "Request", "commit",
    "desk", "events", "key_of", "linked", "losing", "lost", "only", "receipt", "signers", "told",
]  # fmt: skip
