"""Nodes with an agreement between two of them, in one process: the wire calls the other's gate."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

import doumen
from doumen.faces.web.protocols import exchange as face
from doumen.gate import Counter, Gate, peers, remote, settle, witness
from doumen.kits import policy
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.receipt import read_receipt, seal
from doumen.kits.standards import dsp, odrl
from doumen.kits.standards.dsp import Role
from doumen.model.agreement import key_of
from doumen.model.errors import DoumenError, Tampered, Unavailable
from doumen.model.event import Charge, Event, Used
from doumen.model.fact import Fact
from doumen.model.peer import Call, Reply, Streamed
from doumen.model.receipt import Inclusion, Receipt
from doumen.rooms.analyse import forms
from doumen.rooms.exchange.dispute import dispute
from doumen.rooms.exchange.negotiation import courier, deciding, incoming, steps
from doumen.rooms.exchange.negotiation.state import Negotiation
from doumen.rooms.exchange.packages import product_id
from doumen.rooms.exchange.process import kept
from doumen.rooms.exchange.process.incoming import Came
from doumen.rooms.exchange.process.steps import Evidence, Other
from doumen.session import Node, Session, create
from doumen.session.node import silent
from doumen.stores.tables import CHARGES, CHECKPOINTS, ENTRIES, NODES, RECEIPTS

SCRIPT = Path(__file__).parent.parent / "tools" / "verify_bundle.py"
TERMS = "for: [research]\nuntil: 2099-12-31\ndatasets: {w.hourly: {}}\nquota: {queries: 50}\n"
DECISIONS = "decisions: [{accept: request}]\n"
PLAIN = {
    settle.SETTLE: face._settled,
    settle.RECEIPTS: face._receipts,
    witness.PATH: face._checkpoint,
}


@dataclass
class Wire:
    """Implements `Peers`: a call goes to the node at its address.

    Attributes:
        down: Whether nobody answers.
        seen: Paths of the calls.
    """

    nodes: dict[str, Side] = field(default_factory=dict)
    down: bool = False
    seen: list[str] = field(default_factory=list)

    def call(self, call: Call, most: int) -> Reply:
        side, path = self._at(call)
        return side.answer(call, path)

    @contextmanager
    def stream(self, call: Call) -> Iterator[Streamed]:
        side, path = self._at(call)
        reply = side.ask(call, path)
        yield Streamed(reply.status, reply.headers, iter([reply.body]))

    def _at(self, call: Call) -> tuple[Side, str]:
        self.seen.append(call.address)
        if self.down:
            raise Unavailable("Nobody answers.")  # type: ignore[arg-type]  # of a test
        base = next(base for base in self.nodes if call.address.startswith(base))
        return self.nodes[base], call.address.removeprefix(base)


class Reached:
    """A session of a node whose gate reaches others by the wire."""

    def __init__(self, means: Any, actor: str, purpose: str | None = None) -> None:
        self.desk = Counter(Gate(means), actor, purpose, silent)


@dataclass
class Side:
    """One node."""

    node: Node
    wire: Wire
    folder: Path

    @property
    def means(self) -> Any:
        return replace(self.node.means, peers=self.wire)

    def desk(self, actor: str = "owner", purpose: str | None = None) -> Counter:
        return Counter(Gate(self.means), actor, purpose, silent)

    @property
    def id(self) -> str:
        return self.node.means.own().id

    @property
    def root(self) -> str:
        return f"{self.id}={self.node.means.own().root}"

    def fact(self, kind: str, key: str) -> Any:
        return self.node.means.catalog.current().body(kind, key)

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(entry) for entry in self.desk().entries()]

    def came(self, call: Call, path: str) -> face.Came:
        token = call.headers["authorization"].removeprefix("Bearer ")
        body = call.body or b""
        sender, claims = peers.admit(self.means, token, call.method, path, body)
        return face.Came(sender, claims, token, body)

    def signed(self, came: face.Came, status: int, body: bytes, head: bytes | None = None) -> Reply:
        seal = peers.replied(self.means, came.claims, status, body if head is None else head)
        return Reply(status, {peers.SIGNATURE: seal}, body)

    def answer(self, call: Call, path: str) -> Reply:
        came = self.came(call, path)
        try:
            if path in PLAIN:
                session: Any = Reached(self.means, came.sender.id)
                status, told = 200, PLAIN[path](session, came, json.loads(came.body))
            elif path == remote.PATH:
                return self.ask(call, path)
            else:
                status, told = self.negotiated(came, path)
        except Tampered as error:
            status, told = 400, {**error.as_json()}
        except DoumenError as error:
            status, told = error.http, {**error.as_json()}
        return self.signed(came, status, canonical(told))

    def negotiated(self, came: face.Came, path: str) -> tuple[int, dict[str, Any]]:
        for served in Role:
            found = dsp.match("POST", path, served)
            pid = "".join(found[1].values()) if found else ""
            held = self.fact("negotiation", Negotiation.kind.name_of(pid)) or {"role": served}
            if found is not None and held["role"] == served:
                break
        assert found is not None
        route, ids = found
        assert route.takes is not None
        evidence = Evidence(came.body.decode(), came.token)
        message = dsp.read(came.body.decode(), route.takes)
        pid = next(iter(ids.values()), None)  # type: ignore[assignment]  # None: it begins one
        taken = incoming.take(self.desk, Came(came.sender, pid, message, evidence))
        return route.status, dsp.write(taken)

    def ask(self, call: Call, path: str) -> Reply:
        came = self.came(call, path)
        try:
            question = face.read_question(came.body)
            name = f"{came.sender.id}#{question.actor}"
            session: Any = Reached(self.means, name, question.purpose)
            answer, file = face._ask(session, question, came), io.BytesIO()
            sum(forms.arrow_whole(file, answer, session.desk.receipt))
        except DoumenError as error:
            charged = Reached(self.means, came.sender.id).desk.exchange().charged(came.claims.id)
            body = canonical({**error.as_json(), "charged": charged})
            return self.signed(came, error.http, body)
        return self.signed(came, 200, file.getvalue(), b"")

    def bundle(self, key: str, path: Path, **options: Any) -> Path:
        self.node.means.settling.wait()
        path.unlink(missing_ok=True)
        dispute(self.desk(), agreement=key, output=path, **options)
        return path


@dataclass
class Pair:
    """Provider, consumer and a third, and the key of the agreement between the first two."""

    provider: Side
    consumer: Side
    third: Side
    wire: Wire
    key: str = ""

    def read(self, sql: str = "SELECT * FROM w.hourly", actor: str = "owner") -> list[Any]:
        answer = self.consumer.desk(actor, "research").query(sql, agreement=self.key)
        rows = answer.rows()
        self.consumer.node.means.settling.wait()
        return rows

    def verify(self, bundle: Path, *more: str) -> tuple[int, str]:
        return verdict(bundle, "--root", self.provider.root, "--root", self.consumer.root, *more)


def verdict(bundle: Path, *more: str) -> tuple[int, str]:
    """What the script says, in a Python that cannot import doumen."""
    block = (
        "import sys; sys.modules['doumen'] = None; import runpy; sys.argv = sys.argv[1:]; "
        "sys.path[0] = sys.argv[0].rpartition('/')[0]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    run = subprocess.run(
        [sys.executable, "-c", block, str(SCRIPT), str(bundle), *more],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return run.returncode, run.stdout + run.stderr


@contextmanager
def pair(folder: Path) -> Iterator[Pair]:
    """Three nodes that know each other; two negotiated an agreement over one dataset."""
    with ExitStack() as stack:
        sides, wire = [], Wire()
        for name in ("provider", "consumer", "third"):
            create(folder / name, name)
            settings = folder / name / "doumen.toml"
            address = f'address = "https://{name}.example"'
            settings.write_text(settings.read_text().replace('address = ""', address))
            node = stack.enter_context(doumen.open(folder / name))
            side = Side(node, wire, folder / name)
            wire.nodes[node.means.own().address] = side
            sides.append(side)
        for one, other in permutations(sides, 2):
            them = replace(other.node.means.own(), alias=other.folder.name)
            one.node.gate.amend("owner", [Fact("participant", them.id, them.as_json())], "them")
        made = Pair(sides[0], sides[1], sides[2], wire)
        (folder / "hourly.csv").write_text("city,temp\nOslo,10\nRome,30\n")
        owner = made.provider.node.session()
        owner.do("collect", path=folder / "hourly.csv", as_dataset="w.hourly")
        agree(made, owner, folder)
        yield made


def agree(made: Pair, owner: Session, folder: Path) -> None:
    (folder / "terms.yaml").write_text(TERMS)
    owner.do("product create", name="weather", title="Weather", dataset=("w.hourly",))
    owner.do("product publish", name="weather")
    owner.do("offer create", product="weather", terms=str(folder / "terms.yaml"))
    rows = deciding.decisions_as_json(deciding.read_decisions(DECISIONS))
    made.provider.node.gate.amend("owner", [Fact(deciding.KIND, deciding.KEY, rows)], "decisions")
    offer = made.provider.fact("offer", "weather-1")
    own = made.provider.node.means.own()
    asked = odrl.write_offer(
        policy.terms_from_json(offer["terms"]), uid=offer["uid"],
        target=product_id(own, "weather"), assigner=own.id,
    )  # fmt: skip
    desk = made.consumer.desk()
    begun = steps.requested(
        kept.new_pid(), Other(own.id, ""), asked,
        callback=desk.own().address, now=kept.stamp(datetime.now(UTC)),
    )  # fmt: skip
    kept.keep(desk, desk.facts(), begun)
    for _ in range(6):
        for side in (made.consumer, made.provider):
            courier.attend_all(side.desk())
    done = kept.found(desk.facts(), Negotiation, begun.key)
    other = [body for _, body in made.provider.node.means.catalog.current().all("negotiation")]
    assert str(done.state) == "FINALIZED", (done.state, other[0]["outgoing"], other[0]["state"])
    assert done.agreement is not None
    made.key = key_of(str(done.agreement["@id"]))


Change = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


@contextmanager
def cheated(side: Side, folder: Path, change: Change) -> Iterator[Side]:
    """A copy of a node whose owner rewrote its ledger, signed with its own keys all through."""
    side.node.means.settling.wait()
    shutil.copytree(side.folder, folder)
    with doumen.open(folder) as node:
        means, keys = node.means, node.means.keys()
        with means.database.write() as connection:
            old = [json.loads(entry) for entry in means.ledger.entries(connection)]
            rows = connection.execute(select(RECEIPTS.c.id, RECEIPTS.c.text))
            texts = {row.id: row.text for row in rows}
            for table in (RECEIPTS, CHARGES, CHECKPOINTS, NODES, ENTRIES):
                connection.execute(delete(table))
            events = [event_of(one) for one in change(json.loads(json.dumps(old)))]
            placed, head, proofs = means.ledger.seal(connection, events, keys.working, keys.origin)
            kept = []
            for place, proof in zip(placed, proofs, strict=True):
                text = texts.get(place.event.id)
                if text is None or place.event.as_json() not in old:
                    inclusion = Inclusion(
                        place.index, len(placed), tuple(h.hex() for h in proof), head
                    )
                    said = read_receipt(text).disclosed if text else {}
                    text = seal(
                        Receipt(place.event.id, place.event.as_json(), said, (), inclusion,
                                keys.certificate), keys.working,
                    )  # fmt: skip
                kept.append((place.event.id, text))
            means.ledger.keep_receipts(connection, kept)
        yield Side(node, side.wire, folder)


def event_of(body: dict[str, Any]) -> Event:
    return Event(**{
        **body, "previous": None,
        "used": tuple(Used(**one) for one in body["used"]),
        "generated": tuple(Used(**one) for one in body["generated"]),
        "charges": tuple(Charge(**one) for one in body["charges"]),
    })  # fmt: skip
