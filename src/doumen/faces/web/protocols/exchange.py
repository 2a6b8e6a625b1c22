"""What the nodes of two participants ask of each other beside the Dataspace Protocol.

A question under an agreement, answered as Arrow with its receipt at the end; what came of
questions that broke; receipts that both have signed; heads of ledgers, to be cosigned. Every
request is signed by the participant, every reply by us; a failed question tells whether it was
charged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from doumen.faces.web import uploads
from doumen.faces.web.protocols import signed
from doumen.faces.web.query import Flow, stream
from doumen.faces.web.verb import House, sized
from doumen.gate import remote, settle, witness
from doumen.gate.peers import SIGNATURE
from doumen.kits.evidence.canonical import canonical, parsed
from doumen.kits.evidence.disclosure import asked
from doumen.kits.evidence.token import Claims
from doumen.model.agreement import key_of
from doumen.model.answer import ARROW_STREAM
from doumen.model.errors import DoumenError, Invalid, Tampered
from doumen.model.job import Request
from doumen.model.message import msg
from doumen.model.participant import Participant, member
from doumen.model.plan import Scalar
from doumen.model.ref import identifier
from doumen.rooms.analyse import forms
from doumen.session import Session
from doumen.session.settings import DSP

SHOWN = 8
"""How often the body of a question a message of receipts may have: one holds a question twice."""
LONGEST_ID = 128
"""Characters of the id of a request."""
_FIELDS = {"format", "agreement", "actor", "purpose", "statement", "parameters", "salt", "explain"}


@dataclass(frozen=True, slots=True)
class Came:
    """A request of a participant, known to be theirs."""

    sender: Participant
    claims: Claims
    token: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Question:
    """A question under an agreement, as it is sent."""

    agreement: str
    actor: str
    purpose: str | None
    statement: str
    parameters: tuple[Scalar, ...]
    salt: str
    explain: bool


def routes(house: Callable[[], House]) -> list[Route]:
    """The addresses of this protocol."""
    return [
        Route(DSP + remote.PATH, Queries(house), methods=["POST"]),
        Route(DSP + settle.SETTLE, Plain(house, _settled), methods=["POST"]),
        Route(DSP + settle.RECEIPTS, Plain(house, _receipts, SHOWN), methods=["POST"]),
        Route(DSP + witness.PATH, Plain(house, _checkpoint), methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class Queries:
    """Questions under agreements as an application."""

    house: Callable[[], House]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one question."""
        house = self.house()
        came = await admitted(house, scope, receive)
        desk, line = house.door.desk, scope["state"]["line"]
        flow: Flow | None = None
        async with house.work.attended(receive) as attended:
            try:
                try:
                    question, session = await attended.do(lambda: _opened(house, came))
                    if question.explain:
                        told = await attended.do(lambda: _explained(session, question))
                        body = canonical(told)
                        reply = await attended.do(lambda: desk.replied(came.claims, 200, body))
                        await signed.answer(send, 200, body, {SIGNATURE: reply})
                        return
                    flow = Flow(
                        lambda: _ask(session, question, came),
                        ARROW_STREAM,
                        lambda file, answer: forms.arrow_whole(file, answer, session.desk.receipt),
                    )
                    first = await attended.do(flow.step)
                except DoumenError as error:
                    failed = error
                    line.said["code"] = failed.code
                    body, reply = await attended.do(lambda: _failure(house, came, failed))
                    await signed.answer(send, failed.http, body, {SIGNATURE: reply})
                    return
                head = await attended.do(lambda: desk.replied(came.claims, 200, b""))
                await stream(
                    attended, flow, send, first=first, patience=house.terms.patience,
                    line=line, headers=[(SIGNATURE.encode(), head.encode())],
                )  # fmt: skip
            finally:
                if flow is not None and not flow.over:
                    await house.work.at_door(flow.close)


Answer = Callable[[Session, Came, Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Plain:
    """A request that is answered with JSON, as an application."""

    house: Callable[[], House]
    answer: Answer
    times: int = 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        house = self.house()
        came = await admitted(house, scope, receive, self.times)
        line = scope["state"]["line"]
        async with house.work.attended(receive) as attended:

            def answered() -> tuple[int, bytes, str]:
                try:
                    asked = parsed(came.body, msg("The request"))
                    if not isinstance(asked, dict):
                        raise Invalid(msg("The request is no JSON object."), detail="exchange")
                    session = house.node.session(came.sender.id)
                    status, told = 200, self.answer(session, came, asked)
                except DoumenError as error:
                    line.said["code"] = error.code
                    status = 400 if isinstance(error, Tampered) else error.http
                    told = {**error.as_json()}
                body = canonical(told)
                return status, body, house.door.desk.replied(came.claims, status, body)

            status, body, reply = await attended.do(answered)
            await signed.answer(send, status, body, {SIGNATURE: reply})


async def admitted(house: House, scope: Scope, receive: Receive, times: int = 1) -> Came:
    """The request, once it is known who signed it; all but its digest before its body is read.

    Args:
        house: What operations need.
        scope: Of the request.
        receive: Gives its body.
        times: How often the body of another request it may have.

    Raises:
        Problem: nobody that is known did, it is about another request, or it is too large.
    """
    token = signed.bearer(scope)
    path, most = scope["path"].removeprefix(DSP), times * house.terms.body
    line = scope["state"]["line"]
    line.said["operation"] = path.removeprefix("/").replace("/", " ")

    sender, claims = await house.work.at_door(
        lambda: signed.admit(house, token, scope["method"], path)
    )
    line.said |= {"actor": sender.id, "participant": sender.alias}
    house.rate.take(sender.id)
    request = sized(scope, uploads.bounded(receive, house.terms, most), most)
    body = await uploads.body(request)
    signed.check(claims, body)
    return Came(sender, claims, token, body)


def read_question(body: bytes) -> Question:
    """The question in a request.

    Raises:
        Invalid: it is none.
    """
    try:
        told = parsed(body, msg("The request"))
        statement, parameters, salt = asked(told)
        purpose = told["purpose"]
        texts = [told["agreement"], told["actor"], *([] if purpose is None else [purpose])]
        proper = (
            set(told) == _FIELDS
            and told["format"] == remote.FORMAT
            and all(isinstance(text, str) for text in texts)
            and isinstance(told["explain"], bool)
            and len(salt) == 32
        )
    except (KeyError, TypeError, Tampered) as error:
        raise _no_question() from error
    if not proper:
        raise _no_question()
    return Question(
        agreement=told["agreement"],
        actor=identifier(told["actor"], msg("actor name")),
        purpose=purpose,
        statement=statement,
        parameters=parameters,
        salt=salt.hex(),
        explain=told["explain"],
    )


def _opened(house: House, came: Came) -> tuple[Question, Session]:
    """The question in a request, and the session of who asks it."""
    question = read_question(came.body)
    name = member(came.sender.id, question.actor)
    return question, house.node.session(name, question.purpose)


def _ask(session: Session, question: Question, came: Came) -> Any:
    return session.desk.query(
        question.statement,
        question.parameters,
        agreement=key_of(question.agreement),
        request=Request(came.claims.id, came.token, came.body.decode(), question.salt),
    )


def _explained(session: Session, question: Question) -> dict[str, Any]:
    told = session.desk.explain(
        question.statement, question.parameters, agreement=key_of(question.agreement)
    )
    return {
        "statement": told.statement,
        "tables": list(told.tables),
        "charges": list(told.charges),
        "columns": [{"name": c.name, "type": c.type} for c in told.columns],
        **({"expires": told.expires} if told.expires else {}),
    }


def _failure(house: House, came: Came, error: DoumenError) -> tuple[bytes, str]:
    """What is told of a question that failed, and our signature over it."""
    asker = house.node.session(came.sender.id).desk
    charged = asker.exchange().charged(came.claims.id)
    body = canonical({**error.as_json(), "charged": charged})
    return body, house.door.desk.replied(came.claims, error.http, body)


def _settled(session: Session, came: Came, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What came of questions, or what receipts lack the signature of the one who asks."""
    key = _text(asked, "agreement")
    exchange = session.desk.exchange()
    if asked.get("unsigned") is True:
        return {"outcomes": [], "receipts": exchange.unsigned(key)}
    requests = [id for id in _texts(asked, "requests", settle.PAGE) if len(id) <= LONGEST_ID]
    return {"outcomes": exchange.outcomes(key, requests), "receipts": []}


def _receipts(session: Session, came: Came, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Receipts that the one who asks has signed too."""
    texts = _texts(asked, "receipts", settle.PAGE)
    kept = session.desk.exchange().countersigned(came.claims.certificate, texts)
    return {"kept": kept}


def _checkpoint(session: Session, came: Came, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The head of the one who asks, to be cosigned."""
    old = asked.get("old")
    if type(old) is not int:
        raise Invalid(msg("`{name}` is missing.", name="old"), detail="exchange")
    claims, exchange = came.claims, session.desk.exchange()
    proof = _texts(asked, "proof", witness.LONGEST)
    text = _text(asked, "checkpoint")
    return exchange.cosign(claims.certificate, claims.issued, text, old, proof)


def _text(asked: Mapping[str, Any], name: str) -> str:
    text = asked.get(name)
    if not isinstance(text, str):
        raise Invalid(msg("`{name}` is missing.", name=name), detail="exchange")
    return text


def _texts(asked: Mapping[str, Any], name: str, most: int) -> list[str]:
    found = asked.get(name)
    if (
        not isinstance(found, list)
        or len(found) > most
        or not all(isinstance(one, str) for one in found)
    ):
        raise Invalid(
            msg("`{name}` is a list of at most {most} texts.", name=name, most=most),
            detail="exchange",
        )
    return found


def _no_question() -> Invalid:
    return Invalid(
        msg("This is no question under an agreement."),
        why=msg("It has another form than `{format}`.", format=remote.FORMAT),
        detail="exchange",
    )
