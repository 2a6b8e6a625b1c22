"""Three organisations on real data: offers, agreements, one question across all, and proof.

A port authority has flights, airlines and airports; a weather service and an aircraft registry
have what it lacks. Each is a node of its own: folder, owner, keys, address. They exchange cards,
agree, and the port authority asks the question of the demo over the tables of all three. Then one
agreement is ended, the weather service goes away, and everything is still proven. Runs the command
line as a user would; leaves the nodes in ./demo/dataspace.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo import QUESTION, say
from offices import write_files
from story import word

SPACE = Path("demo") / "dataspace"
OURS = ("flights", "airlines", "airports")
TERMS = """\
for: [research]
until: 2099-12-31
datasets:
  transport.{table}: {grant}
quota: {{queries: 100}}
due: {{attribute: "{name}"}}
"""
GRANTS = {
    "weather": "{columns: [origin, time_hour, wind_speed], duties: [{limit: 100000}]}",
    "planes": "{columns: [tailnum, year]}",
}
DECISIONS = "decisions: [{accept: request, from: [port], for: [research]}]\n"


@dataclass(frozen=True)
class Party:
    """One organisation: the alias by which others call it, and its node."""

    alias: str
    port: int

    @property
    def folder(self) -> Path:
        """Of its node."""
        return SPACE / self.alias

    def run(self, *words: str, expect: int = 0, quiet: bool = False) -> Any:
        """Run a command of its own; what it prints is shown, and given as JSON where quiet."""
        shown = " ".join('"$QUESTION"' if w == QUESTION else shlex.quote(w) for w in words)
        print(f"{self.alias}$ doumen {shown}", flush=True)
        form = "--json" if quiet else "--table"
        done = subprocess.run(
            [sys.executable, "-m", "doumen", form, *words],
            env=os.environ | {"DOUMEN_NODE": str(self.folder), "COLUMNS": "80"},
            stdout=subprocess.PIPE if quiet else None,
            text=True,
            check=False,
        )
        if done.returncode != expect:
            sys.exit(word("expected", expected=expect, code=done.returncode))
        return json.loads(done.stdout) if quiet else None

    @contextmanager
    def served(self) -> Iterator[subprocess.Popen[str]]:
        """Its service, while it runs; it writes its log beside the node."""
        with (SPACE / f"{self.alias}.log").open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "doumen", "--node", str(self.folder), "serve", "--port",
                 str(self.port)],
                stdout=subprocess.DEVNULL, stderr=log, text=True,
            )  # fmt: skip
            try:
                _wait(self.port)
                yield process
            finally:
                process.terminate()
                process.wait(60)


def found() -> list[Party]:
    """The three organisations, each with its node and address."""
    parties = [Party(alias, _free()) for alias in ("port", "weather", "registry")]
    for party in parties:
        party.run("init", str(party.folder), "--name", word(party.alias), "--address",
                  f"http://127.0.0.1:{party.port}")  # fmt: skip
    return parties


def introduce(one: Party, other: Party) -> None:
    """Two exchange their cards."""
    for giver, taker in ((one, other), (other, one)):
        card = SPACE / f"{giver.alias}-card.json"
        if not card.exists():
            giver.run("participant", "card", "-o", str(card))
        taker.run("participant", "add", str(card), "--alias", giver.alias)


def offer(party: Party, table: str) -> None:
    """One makes a product of a table, and offers it."""
    terms, decisions = SPACE / f"{table}.yaml", SPACE / "decisions.yaml"
    grant, name = GRANTS[table], word(party.alias)
    terms.write_text(TERMS.format(table=table, grant=grant, name=name), encoding="utf-8")
    decisions.write_text(DECISIONS, encoding="utf-8")
    party.run("product", "create", table, "--title", name, "--dataset", f"transport.{table}")
    party.run("offer", "create", table, "--terms", str(terms))
    party.run("product", "publish", table)
    party.run("negotiation", "policy", str(decisions))


def agree(port: Party, provider: Party) -> str:
    """The port authority asks for the offer; the name of the agreement."""
    port.run("offer", "list", "--at", provider.alias)
    (offered,) = port.run("offer", "list", "--at", provider.alias, quiet=True)["offers"]
    done = port.run("negotiation", "start", offered["id"], "--at", provider.alias, quiet=True)
    key = str(done["agreement"])
    port.run("agreement", "show", key)
    return key


def main() -> None:
    """The story, from three empty folders to evidence without the other side."""
    start = time.monotonic()
    shutil.rmtree(SPACE, ignore_errors=True)
    SPACE.mkdir(parents=True)
    say("three")
    port, weather, registry = found()
    files = write_files(SPACE / "files")
    for party, tables in ((port, OURS), (weather, ("weather",)), (registry, ("planes",))):
        for table in tables:
            party.run("collect", str(files[table]), "--as-dataset", f"transport.{table}")
    say("cards")
    introduce(port, weather)
    introduce(port, registry)
    say("offers")
    offer(weather, "weather")
    offer(registry, "planes")
    with ExitStack() as stack:
        services = {p.alias: stack.enter_context(p.served()) for p in (port, weather, registry)}
        say("agree")
        keys = [agree(port, provider) for provider in (weather, registry)]
        under = [part for key in keys for part in ("--agreement", key)]
        say("across")
        port.run("query", QUESTION, *under, "--for", "research", "--explain")
        port.run("query", QUESTION, *under, "--for", "research")
        counted = port.run("agreement", "usage", keys[0], quiet=True)
        if counted["queries"] != weather.run("agreement", "usage", keys[0], quiet=True)["queries"]:
            sys.exit(word("differs"))
        say("ended")
        registry.run("agreement", "end", keys[1], "--reason", word("reason"))
        port.run("query", "SELECT count(*) FROM transport.planes", "--agreement", keys[1],
                 "--for", "research", expect=3)  # fmt: skip
        say("gone")
        services["weather"].terminate()
        services["weather"].wait(60)
        port.run("query", "SELECT count(*) FROM transport.weather", "--agreement", keys[0],
                 "--for", "research", expect=4)  # fmt: skip
        prove(port, weather, keys[0])
    print("\n" + word("together", seconds=round(time.monotonic() - start), folder=SPACE))


def prove(port: Party, weather: Party, key: str) -> None:
    """Without the weather service: what was agreed and read, verified without Doumen."""
    bundle = SPACE / "bundle.zip"
    port.run("agreement", "dispute", key, "-o", str(bundle))
    told = port.run("participant", "list", quiet=True)["participants"]
    theirs = next(one for one in told if one["alias"] == weather.alias)
    ours = json.loads((SPACE / f"{port.alias}-card.json").read_text())
    roots = [
        f"{one_id}={root}"
        for one_id, root in ((theirs["id"], theirs["root"]), (ours["id"], ours["keys"]["root"]))
    ]
    script = str(Path(__file__).parent / "verify_bundle.py")
    words = [script, str(bundle), *(part for root in roots for part in ("--root", root))]
    print(f"$ python tools/verify_bundle.py {bundle} --root … --root …", flush=True)
    code = subprocess.run([sys.executable, *words], check=False).returncode
    if code:
        sys.exit(word("expected", expected=0, code=code))


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"error: {port}")


if __name__ == "__main__":
    main()
