"""The verbs of providers of identity: set, shown, tried, taken away; by the owner."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.model.actor import OWNER
from doumen.model.errors import NotFound, Refused
from doumen.model.fact import Fact
from doumen.model.files import no_file, unreadable
from doumen.model.identity import PROVIDER, SESSION
from doumen.model.message import msg
from doumen.model.operation import Fields, Outcome, Table
from doumen.rooms.protect.oidc import claims, document, flow
from doumen.rooms.protect.oidc.directory import Directory
from doumen.rooms.protect.oidc.document import Provider
from doumen.rooms.protect.served import served


def put(desk: Desk, file: Path, *, secret_file: Path | None = None) -> Outcome:
    """Let actors sign in by a provider, or change what it means here.

    Raises:
        Invalid: the document has faults, which are all told.
        Refused: only the owner may; or others may read the secret.
    """
    claims.needed()
    provider = document.read(file, desk.reach())
    before = desk.facts().body(PROVIDER, provider.name) or {}
    sealed = before.get("sealed")
    if secret_file is not None:
        use = f"{flow.SECRET} {provider.name}"
        sealed = desk.seal(_secret(secret_file), OWNER, use)
    elif before.get("issuer") != provider.issuer or before.get("client") != provider.client:
        sealed = None
    body = replace(provider, sealed=sealed).as_json()
    receipt = desk.amend([Fact(PROVIDER, provider.name, body)], subject=f"provider {provider.name}")
    back = f"{served(desk)}{flow.BACK}{provider.name}"
    return Outcome(
        json={**_described(provider.name, body), "redirect_uri": back, "receipt": receipt},
        said=(
            msg("Actors sign in by `{name}`. Receipt {receipt}.",
                name=provider.name, receipt=receipt),
            msg("Register there as the address to come back to: {back}", back=back),
            msg("Try it: doumen provider test {name}", name=provider.name),
        ),
    )  # fmt: skip


def show(desk: Desk, name: str) -> Outcome:
    """Say what a provider means here; its secret is not told.

    Raises:
        NotFound: there is none that the asker may know.
    """
    told = _described(name, _body(desk, name))
    pairs = (
        (msg("name"), told["name"]),
        (msg("title"), told["title"]),
        (msg("issuer"), told["issuer"]),
        (msg("client"), told["client"]),
        (msg("secret"), msg("kept, sealed") if told["secret"] else msg("none")),
        (msg("scopes"), tuple(told["scopes"])),
        (msg("claim that names"), told["actor"]),
        (msg("makes actors"), told["create"]),
        (msg("adopts"), tuple(told["adopt"])),
        (msg("only groups"), tuple(told["only"])),
        (msg("roles"), tuple(f"{g}: {', '.join(r)}" for g, r in told["roles"].items())),
        (msg("purposes"), tuple(f"{g}: {', '.join(r)}" for g, r in told["purposes"].items())),
        (msg("claims"), tuple(told["claims"])),
    )
    return Outcome(json=told, drawn=(Fields(pairs),))


def show_all(desk: Desk) -> Outcome:
    """The providers that the asker may know."""
    shown = [_described(name, body) for name, body in desk.facts().all(PROVIDER)]
    rows = tuple((one["name"], one["title"], one["issuer"], one["client"]) for one in shown)
    heads = (msg("name"), msg("title"), msg("issuer"), msg("client"))
    return Outcome(json={"providers": shown}, drawn=(Table(heads, rows),))


def remove(desk: Desk, name: str) -> Outcome:
    """Let nobody sign in by a provider any more; sessions that it opened end.

    Raises:
        NotFound: there is none that the asker may know.
    """
    _body(desk, name)
    ended = [
        Fact(SESSION, key, None)
        for key, body in desk.facts().all(SESSION)
        if body["provider"] == name
    ]
    receipt = desk.amend([Fact(PROVIDER, name, None), *ended], subject=f"provider {name}")
    return Outcome(
        json={"name": name, "ended": len(ended), "receipt": receipt},
        said=(
            msg("Nobody signs in by `{name}` any more. Receipt {receipt}.",
                name=name, receipt=receipt),
        ),
    )  # fmt: skip


def test(desk: Desk, name: str) -> Outcome:
    """Ask a provider for what a sign-in needs of it: its addresses and keys.

    Raises:
        NotFound: there is none that the asker may know.
        Unavailable, Faulty, Refused: it does not answer, not as it should, or may not be asked.
    """
    provider, directory = Provider.of(name, _body(desk, name)), Directory()
    metadata = directory.metadata(desk, provider.issuer)
    keys = directory.keys(desk, provider.issuer, None)["keys"]
    sent = flow.begin(desk, name, served(desk), datetime.now(UTC), directory=directory)
    told = {
        "name": name,
        "authorization": metadata.authorization,
        "token": metadata.token,
        "keys": len(keys),
        "names_itself": metadata.names_itself,
        "signs_out": metadata.end_session is not None,
        "asks": sent.where.partition("?")[0],
    }
    pairs = (
        (msg("authorization"), told["authorization"]),
        (msg("token"), told["token"]),
        (msg("keys"), told["keys"]),
        (msg("names itself in answers"), told["names_itself"]),
        (msg("signs out"), told["signs_out"]),
    )
    return Outcome(json=told, drawn=(Fields(pairs),))


def _body(desk: Desk, name: str) -> Any:
    body = desk.facts().body(PROVIDER, name)
    if body is None:
        raise NotFound(
            msg("There is no provider `{name}`.", name=name),
            next=msg("`doumen provider list` shows them."),
            detail="provider",
        )
    return body


def _described(name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in body.items() if key != "sealed"}
    return {"name": name, **told, "secret": body["sealed"] is not None}


def _secret(path: Path) -> str:
    """The first line of a file that others of the machine may not read."""
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            text = stream.read(4096).decode("utf-8", "replace").split("\n", 1)[0].strip()
    except FileNotFoundError:
        raise no_file(path) from None
    except OSError as error:
        raise unreadable(path, error) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused(
            msg("Others may read the secret in `{path}`.", path=path),
            next=msg("Let only its owner read it: chmod 600 {path}", path=path),
            detail="secret",
        )
    if not text:
        raise NotFound(msg("`{path}` holds no secret.", path=path), detail="secret")
    return text
