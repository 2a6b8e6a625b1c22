"""Files of a dataset, granted to be read with tools of one's own; listed, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from doumen.gate.desk import Desk
from doumen.model.errors import NotFound
from doumen.model.fact import Fact
from doumen.model.handed import GRANT, PATH, FileGrant, Granted, grants_of
from doumen.model.message import msg
from doumen.model.operation import Outcome, Table, Text
from doumen.model.ref import Ref
from doumen.rooms.protect.served import served

REGION = "us-east-1"
"""One that every client knows; requests are signed for it, and that is all it means."""


def grant(desk: Desk, dataset: str, *, hours: int = 1, endpoint: str | None = None) -> Outcome:
    """Grant all of a dataset as files; the one time that the secret is told.

    Raises:
        Invalid: hours or address are wrong.
        NotFound: there is no such dataset that the asker may know.
        Refused: files would show more than an answer, or no rule permits them.
    """
    address = served(desk, endpoint).removesuffix(PATH) + PATH
    made = desk.hand_over(Ref.parse(dataset), hours)
    options = _options(made, address)
    uri = f"s3://{made.grant.buckets[0]}"
    return Outcome(
        json={
            "grant": made.grant.id,
            "dataset": str(made.grant.ref),
            "version": made.grant.version,
            "rows": made.rows,
            "files": made.files,
            "uri": uri,
            "storage_options": options,
            "expires": made.grant.expires,
            "receipt": made.grant.id,
            **({} if made.notice is None else {"notices": [made.notice.as_json()]}),
        },
        drawn=(Text(_snippet(uri, options)),),
        said=(
            msg(
                "Version {version} of `{ref}` is granted as files until {expires}. Receipt "
                "{receipt}.",
                version=made.grant.version,
                ref=made.grant.ref,
                expires=made.grant.expires,
                receipt=made.grant.id,
            ),
            msg("The secret is shown this once; whoever has it can read and copy all of it."),
            msg("Take it back: doumen dataset revoke {id}", id=made.grant.id),
            *(() if made.notice is None else (made.notice.words,)),
        ),
    )


def show_all(desk: Desk) -> Outcome:
    """The grants that the asker may know, without their secrets."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    shown = [_described(one, now) for one in grants_of(desk.facts().all(GRANT))]
    rows = tuple(
        (g["grant"], g["actor"], g["dataset"], g["version"], g["expires"], _state(g)) for g in shown
    )
    heads = (
        msg("grant"),
        msg("actor"),
        msg("dataset"),
        msg("version"),
        msg("expires"),
        msg("state"),
    )
    return Outcome(json={"grants": shown}, drawn=(Table(heads, rows),))


def revoke(desk: Desk, id: str) -> Outcome:
    """Take a grant back; from now on nothing is read by it.

    Raises:
        NotFound: there is no such grant that the asker may know.
    """
    for one in grants_of(desk.facts().all(GRANT)):
        if one.id == id:
            receipt = desk.amend([Fact(GRANT, one.key, None)], subject=f"grant {id}")
            return Outcome(
                json={"grant": id, "actor": one.actor, "dataset": str(one.ref), "receipt": receipt},
                said=(msg("Grant `{id}` is revoked. Receipt {receipt}.", id=id, receipt=receipt),),
            )
    raise NotFound(
        msg("There is no such grant."),
        next=msg("`doumen dataset grants` shows them."),
        detail="grant",
    )


def _options(made: Granted, address: str) -> dict[str, str]:
    """What Delta and Polars take as `storage_options`; texts all of them."""
    return {
        "aws_endpoint_url": address,
        "aws_access_key_id": made.grant.id,
        "aws_secret_access_key": made.secret,
        "aws_region": REGION,
        "aws_virtual_hosted_style_request": "false",
        "allow_http": "true" if address.startswith("http:") else "false",
    }


def _snippet(uri: str, options: Mapping[str, str]) -> str:
    lines = "\n".join(f'    "{name}": "{value}",' for name, value in options.items())
    return (
        "from deltalake import DeltaTable\n\n"
        f"options = {{\n{lines}\n}}\n"
        f'table = DeltaTable("{uri}", storage_options=options).to_pyarrow_table()\n\n'
        "# or with Polars:\n"
        "# import polars as pl\n"
        f'# frame = pl.read_delta("{uri}", storage_options=options)'
    )


def _described(one: FileGrant, now: str) -> dict[str, Any]:
    return {
        "grant": one.id,
        "actor": one.actor,
        "dataset": str(one.ref),
        "version": one.version,
        "purpose": one.purpose,
        "created": one.created,
        "expires": one.expires,
        "ended": now >= one.expires,
        "read": one.read,
    }


def _state(described: Mapping[str, Any]) -> str:
    if described["ended"]:
        return msg("ended")
    return msg("read from") if described["read"] else msg("not read yet")
