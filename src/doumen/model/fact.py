"""What is true: versioned facts, appended and never overwritten, and a view of them.

A fact is `(kind, key) -> body`; a later one with the same kind and key takes its place, a
body of None removes it. `Facts` is the fold of all facts up to one version: the state that
one job reads. Kinds, keys and bodies (JSON objects):

actor     name                 participant, roles, purposes, claims
purpose   name                 description {en, zh}
rule      id                   the rule as kits.policy.document writes it
dataset   domain.name          kind table|quarantine|attached, columns [{name, type}], version,
                               table (directory in the lake), files [{path, size, rows}, and of
                               one in an order bounds [[column, low, high, nulls]]],
                               creator, derived (bool), sources [domain.name], created, updated;
                               of one whose rows meet by key merge {mode, key, order, vanished};
                               of a derived one terms, as kits.policy.terms writes them; of an
                               attached one form, and of its files, whose paths are absolute,
                               mtime_ns, ctime_ns, inode, sha256; of one that holds data of
                               others agreements {A-…: [domain.name there]}, and delete
                               {A-…: last day it may be kept} where one of these asks for it
state     domain.name          where it stands in its life, as `doumen.model.life` writes it
readers   draft or retired     roles (sorted list) that read in that state beside the owner
contract  domain.name          version (semver text), text (the ODCS YAML), hash
upkeep    domain.name          how its files are kept, as `doumen.model.upkeep` writes it
vacuumed  domain.name          versions {number: when its files were given up (RFC 3339)}
label     domain.name[.column] labels (sorted list), origin: contract | set | derived, and reason,
                               what was said at the last change, for those who oversee the node
source    domain.name#sha256   path, contract (hash), event: content already collected
connection name                a source, as `rooms.collect.sources.kept` writes it
stream    source/domain.name   how far it is read: cursor, mark, digests, time; writes, reads
arrival   source/domain.name#file  what a file of a place was when it was read: tag, sha256, and the
                               event by which its content landed
lineage   domain.name          columns {name: {projection: [d.n.c], influence: [d.n.c]}}
key       kid                  certificate and, once rotated out, `retired` (RFC 3339)
product   name                 title, description, datasets [domain.name], state (draft, published
                               or withdrawn), preview: None, or columns [{name, type}], rows
                               (JSON values), receipt, and expires (date) where there is an end
offer     id                   product, terms as kits.policy.offers writes them, uid (IRI),
                               created (RFC 3339), state (open or withdrawn)
token     actor/id             hash (SHA-256 of its secret, hex), scopes (sorted list), name,
                               made_by, created, expires (both RFC 3339)
grant     actor/id             all of a dataset as files, as `doumen.model.handed` writes it
session   actor/id             hash (SHA-256 of its secret, hex), via (password, link, invite or
                               oidc), provider (of oidc), scopes, created, expires (RFC 3339)
ticket    actor/id             hash (the same), kind (link or invite), made_by, created, expires
password  actor                hash (argon2id in PHC form), changed (RFC 3339)
totp      actor                sealed (its secret, under a key of the node), recovery (SHA-256 of
                               codes that are left), step (the last used), since (RFC 3339)
attempts  actor                how sign-ins went, as `rooms.protect.signin.attempts` writes it
subject   actor/digest         that an actor is who a provider names: provider, since (RFC 3339)
provider  name                 who else says who somebody is, as `rooms.protect.oidc` writes it
participant DID                as `doumen.model.participant` writes it, its root key pinned
decisions negotiation          decisions [rows], by which requests are decided without a person
negotiation N-…                as `rooms.exchange.negotiation.state` writes it
transfer  T-…                  as `rooms.exchange.transfer.state` writes it
agreement A-…                  as `kits.policy.agreements` writes it; policy (the ODRL that was
                               signed), negotiation (N-…), use: where its transfer stands, and,
                               once it was ended, ended (RFC 3339), ended_by (DID), reason
proposal  P-…                  as `doumen.model.proposal` writes it
question  actor/id             as `doumen.model.question` writes it
term, element, codelist key    the vocabulary of the node, as `doumen.model.meaning` writes it
link      domain.name.column   what a column means: keys of term, element, codelist, or None
schedule  name                 operation, command, inputs, actor, purpose, timing {cron, zone} or
                               {every, anchor, arrival}, catch_up, most, paused
alert     name                 as `doumen.flows.alert.kept` writes it
head, cosigned  DID            heads of others that were cosigned here, and ours by others, as
                               `gate.witness` writes them
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from doumen.model.actor import OWNER, Actor
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema
from doumen.model.snapshot import DataFile, Form, Snapshot

ERASED = frozenset({"question"})
"""Kinds that hold what people wrote for themselves: taking such a fact back erases its versions."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement about the node; `body` None takes it back."""

    kind: str
    key: str
    body: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact as kept: its place in the order of all facts, the event that made it, when."""

    seq: int
    fact: Fact
    event: str
    time: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The state of the catalogue at one version. Immutable; `extended` gives a new one.

    Attributes:
        version: `seq` of the last fact folded in; 0 for none.
        rows: kind → key → the row in force.
    """

    version: int = 0
    rows: Mapping[str, Mapping[str, FactRow]] = field(default_factory=dict)

    def extended(self, rows: Iterable[FactRow]) -> Facts:
        """The state after these rows, which come in order of `seq`."""
        state = dict(self.rows)
        touched: dict[str, dict[str, FactRow]] = {}
        version = self.version
        for row in rows:
            kind = row.fact.kind
            if kind not in touched:
                touched[kind] = dict(state.get(kind, {}))
                state[kind] = touched[kind]
            if row.fact.body is None:
                touched[kind].pop(row.fact.key, None)
            else:
                touched[kind][row.fact.key] = row
            version = row.seq
        return Facts(version, state)

    def body(self, kind: str, key: str) -> Mapping[str, Any] | None:
        """The body in force, or None."""
        row = self.rows.get(kind, {}).get(key)
        return None if row is None else row.fact.body

    def all(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Key and body of each fact of a kind, by key."""
        for key, row in sorted(self.rows.get(kind, {}).items()):
            yield key, row.fact.body or {}

    def actor(self, name: str) -> Actor | None:
        """The actor of this name. `owner` exists from the start."""
        body = self.body("actor", name)
        if body is None:
            return Actor(OWNER, roles=frozenset({OWNER})) if name == OWNER else None
        return Actor(
            name=name,
            participant=body.get("participant", ""),
            roles=frozenset(body.get("roles", ())),
            purposes=frozenset(body.get("purposes", ())),
            claims=tuple(sorted(body.get("claims", {}).items())),
        )

    def dataset(self, ref: Ref) -> Mapping[str, Any] | None:
        """The dataset fact, or None."""
        return self.body("dataset", str(ref))

    def snapshot(self, ref: Ref) -> Snapshot | None:
        """The version of the dataset in force, or None where there is no such dataset."""
        body = self.dataset(ref)
        return None if body is None else snapshot_of(ref, body)

    def labels(self, ref: Ref, column: str | None = None) -> frozenset[str]:
        """Labels of a dataset, or of a column: its own and those of its dataset."""
        own = self.body("label", str(ref)) or {}
        labels = frozenset(own.get("labels", ()))
        if column is None:
            return labels
        body = self.body("label", f"{ref}.{column}") or {}
        return labels | frozenset(body.get("labels", ()))


def snapshot_of(ref: Ref, body: Mapping[str, Any]) -> Snapshot:
    """Read the snapshot out of the body of a dataset fact."""
    return Snapshot(
        ref=ref,
        version=body["version"],
        schema=Schema(tuple(Column(c["name"], c["type"]) for c in body["columns"])),
        files=tuple(map(DataFile.of_json, body["files"])),
        form=Form.of_json(body["form"]) if "form" in body else None,
    )
