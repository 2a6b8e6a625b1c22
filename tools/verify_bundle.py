"""Verify bundles of an agreement without Doumen, as docs/exchange.md describes: exit 0, or 1.

Beside it lies proofs.py: signatures, trees, and the files of a bundle. Here is what must hold.
"""

import argparse
import json
import re
from base64 import b32encode
from hashlib import sha256
from typing import Any

import proofs
from proofs import SIDES, Bundle, check, opened, seconds

SKEW, LATE = 60, 3600  # seconds: of two clocks; from a question until it is recorded
MOVES = {"consumer ContractRequestMessage": "r", "provider ContractOfferMessage": "o",
         "consumer ACCEPTED": "a", "provider ContractAgreementMessage": "g", "provider FINALIZED":
         "f", "consumer ContractAgreementVerificationMessage": "v"}  # fmt: skip
WALK = r"(o?(ro)*r|r?(or)*oa)gvf"  # through the states of the Dataspace Protocol, to FINALIZED


def _negotiation(bundle: Bundle, tokens: dict[str, str]) -> None:
    """Each message is its sender's, and all are one walk to the agreement."""
    letters, last, agreed = "", 0, dict[str, Any]()
    for n, one in enumerate(bundle.talk, 1):
        place, text = f"{bundle.me}, message {n} ({one['move']})", json.loads(one["text"])
        letters += MOVES.get(f"{one['sender']} {text.get('eventType', text['@type'])}", "?")
        said = bundle.spoken(tokens.get(one["text"], ""), one["sender"], one["text"], place)
        check(said["iat"] >= last - SKEW, place, "it was signed before the one before it")
        last, agreed = said["iat"], text.get("agreement", agreed)
        if one["reply"]:
            (other,) = {*SIDES} - {one["sender"]}
            reply = bundle.spoken(one["reply"], other, one["answer"], f"{place}, acknowledged")
            check(reply["re"] == said["jti"], place, "another message was acknowledged")
    walk = re.fullmatch(WALK, letters)
    check(walk, f"{bundle.me}, negotiation", "it is no walk from offer or request to FINALIZED")
    key = "A-" + b32encode(sha256(agreed.get("@id", "").encode()).digest()[:5]).decode()
    told = [key, *(agreed.get(name) for name in ("@id", "assigner", "assignee"))]
    same = told == [bundle.key, bundle.said["iri"], *bundle.did.values()]
    same &= all(version["body"]["policy"] == agreed for version in bundle.json("agreement"))
    check(same, f"{bundle.me}, agreement", "it is not what the provider's message says")


def _receipts(bundle: Bundle, entries: dict[str, Any]) -> None:
    """Each entry has its receipt; of a read, both signed it, and the consumer had asked."""
    missing = dict(entries)
    for one in bundle.rows("receipts"):
        (own, by), place = opened(one["receipt"]), f"{bundle.me}, receipt {one['id']}"
        entry = missing.pop(one["id"], {"entry": None, "event": {"charges": ()}})
        check(bundle.me in by, place, f"it is not signed by the {bundle.me}")
        check(own["event"] == entry["entry"], place, "it is of another event than the entry")
        bundle.extends(bundle.head(own["inclusion"]["checkpoint"], bundle.me, place), place)
        text = one["receipt"] if bundle.me == "provider" else own["disclosed"].get("counterpart")
        read, by = opened(text) if text else ({"disclosed": {}}, set())
        if "request" in read["disclosed"]:
            event = _asked(bundle, read, own, place)
            if event["type"] in {"query", "query.ended"}:
                rows = proofs.charged(entry["event"], bundle.key)["rows"]
                check(rows == event["data"]["result"]["rows"], place, f"it charges {rows} rows")
                check({*SIDES} <= by, place, f"of both sides, only {sorted(by)} signed")
                bundle.reads[event["data"]["request"]] = json.loads(text)["payload"]
        elif bundle.me == "provider":
            charged = any(proofs.charged(entry["event"], bundle.key).values())
            check(not charged, place, "it is charged, and nobody asked for it")
    for entry in missing.values():
        check(False, f"{bundle.me}, entry {entry['index']}", "its receipt is missing")


def _asked(bundle: Bundle, read: Any, own: Any, place: str) -> Any:
    """The consumer signed the request that a receipt of the provider answers."""
    said, event = read["disclosed"], json.loads(read["event"])
    request, data = said["request"], event["data"]
    token = bundle.spoken(request["token"], "consumer", request["body"], f"{place}, request")
    asked = json.loads(request["body"])
    parameters = json.dumps(asked["parameters"], separators=(",", ":"), ensure_ascii=False)
    hidden = {proofs.commitment(said, said["parameters"]), proofs.commitment(asked, parameters)}
    same = hidden == {data["statement"]} and (asked["agreement"], event["agreement"]) == (
        bundle.said["iri"], bundle.key)  # fmt: skip
    same &= f"{bundle.did['consumer']}#{asked['actor']}" == event["actor"]
    same &= (token["jti"], token["htu"]) == (data["request"], "/exchange/query")
    check(same and asked["purpose"] == event["purpose"], place, "its request asks something else")
    here, there = (seconds(json.loads(one["event"])["time"]) for one in (own, read))
    dated = token["iat"] - SKEW <= min(here, there) and there <= token["exp"] + SKEW
    check(dated, place, "it is dated otherwise than its request")
    return event


def _heads(bundle: Bundle, entries: dict[str, Any], trusted: dict[str, str]) -> None:
    """What witnesses cosigned is continued, and nothing was put before it later."""
    for one in bundle.rows("heads"):
        place = f"{bundle.me}, head of size {one['size']} of the {one['of']}"
        head, cert = bundle.head(one["checkpoint"], one["of"], place), one["certificate"]
        for bad in one.get("refused", ()):
            other = bundle.head(bad["checkpoint"], one["of"], place)
            check(False, place, f"then the {one['of']} showed one of size {other[0]}: {bad['why']}")
        if one["of"] != bundle.me:
            bundle.seen.append((head, place))
            continue
        bundle.extends(head, place)
        name, root = cert["origin"], trusted.get(cert["origin"], "")
        key = cert["public"] if root and proofs.certified(cert, root, name) else root
        time = proofs.cosigned(one["checkpoint"], name, key) if key else 0
        check(time or not root, place, f"it is not cosigned by {name}")
        print(f"{place}: {'cosigned by' if time else 'give --witness for'} {name}")
        for entry in entries.values():
            late = entry["index"] >= head[0] and seconds(entry["event"]["time"]) < time - LATE
            check(not late, f"{bundle.me}, entry {entry['index']}", "it was dated back")


def _compare(one: Bundle, other: Bundle) -> None:
    """What one side holds is what the other shows."""
    for id, payload in sorted(one.reads.items()):
        shown = other.reads.get(id)
        what = "shows another receipt for it" if shown else "does not show it"
        check(shown == payload, f"read {id} of the {one.me}", f"the {other.me} {what}")
    for head, place in one.seen:
        other.extends(head, place)
    same = [m["text"] for m in one.talk] == [m["text"] for m in other.talk]
    check(same, f"{one.me}, negotiation", f"the {other.me} shows other messages")
    used = {b.me: [b.said["usage"]["queries"], b.said["usage"]["rows"]] for b in (one, other)}
    check(len({*map(str, used.values())}) == 1 < len(used), f"{one.me}, usage", f"it is not {used}")


def _verify(args: argparse.Namespace) -> None:
    roots, known = (dict(pair.rsplit("=", 1) for pair in x) for x in (args.root, args.witness))
    bundles = [Bundle(path, roots) for path in (args.bundle, args.other) if path]
    tokens = {one["text"]: one["token"] for b in bundles for one in b.talk if one["token"]}
    for b in bundles:
        b.sealed()
        entries = b.ledger()
        _negotiation(b, tokens)
        _receipts(b, entries)
        _heads(b, entries, known | b.root)
        print(f"{b.me}: {len(b.talk)} messages, {len(entries)} entries, {len(b.reads)} reads")
    for one, other in [bundles, bundles[::-1]] if args.other else ():
        _compare(one, other)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", metavar="BUNDLE.zip")
    parser.add_argument("--other", metavar="OTHER.zip", help="that of the other side")
    parser.add_argument("--root", metavar="DID=HEX", action="append", default=[])
    parser.add_argument("--witness", metavar="NAME=HEX", action="append", default=[])
    try:
        _verify(parser.parse_args())
    except Exception as error:
        check(False, "form", f"a file or a root key is missing, or has another form: {error!r}")
    raise SystemExit(proofs.verdict())
