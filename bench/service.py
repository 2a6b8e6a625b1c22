"""The service over loopback: small questions at a steady pace, first bytes, and a large answer.

Client and service share the two cores. The pace is kept whatever the service does: a request is
timed from the moment at which it was due, so that a service that falls behind shows it. What a
large answer is held against is the same bytes from a file, sent by the same server.
"""

from __future__ import annotations

import http.client
import json
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bench.load import BIG, CLIENTS, ROWS, SMALL, prepared
from bench.measure import RUNS, Measure

RATES = (200, 100)
"""Requests a second that are due; the first is the goal."""
SECONDS = 20
WARM = 5
CONNECTIONS = 16
ARROW = "application/vnd.apache.arrow.stream"
PIECE = 1 << 20
FILE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route
async def give(request):
    return FileResponse(sys.argv[1])
uvicorn.run(Starlette(routes=[Route("/", give)]), port=int(sys.argv[2]), http="h11", ws="none",
            access_log=False, log_config=None)
"""


def free() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(command: list[str], port: int) -> Iterator[str]:
    """A server, until the block ends; gives its address."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{command[2]} does not come up") from None
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)


def _ask(
    connection: http.client.HTTPConnection, token: str, sql: str, form: str
) -> http.client.HTTPResponse:
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept": form,
    }
    connection.request("POST", "/v1/query", json.dumps({"sql": sql}), headers)
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError(response.read().decode())
    return response


def paced(url: str, tokens: list[str], seconds: float, rate: int) -> list[float]:
    """Seconds of each request, from the moment at which it was due."""
    spent: list[float] = []
    lock, begun = threading.Lock(), time.perf_counter() + 0.2
    numbers = iter(range(int(rate * seconds)))

    def client(place: int) -> None:
        connection = _connection(url)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                connection.close()
                return
            due = begun + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            token = tokens[place % len(tokens)]
            _ask(connection, token, SMALL.format(number % 50), "application/json").read()
            with lock:
                spent.append(time.perf_counter() - due)

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return spent


def first_bytes(url: str, token: str) -> float:
    """Seconds until all rows begin to come, asked of a service at rest; the rest is not taken."""
    time.sleep(1)
    connection = _connection(url)
    since = time.perf_counter()
    _ask(connection, token, BIG, ARROW).read(1 << 16)
    took = time.perf_counter() - since
    connection.close()
    return took


def taken(response: http.client.HTTPResponse, since: float, rows: int) -> tuple[float, float]:
    """Seconds until so many bytes were there, and until the end."""
    seen, there = 0, 0.0
    buffer = bytearray(PIECE)
    while count := response.readinto(buffer):
        seen += count
        if not there and seen >= rows:
            there = time.perf_counter() - since
    return there, time.perf_counter() - since


def saved(url: str, token: str, path: Path) -> int:
    """Write the answer to a file; its bytes but for the last batch, which has the receipt."""
    connection = _connection(url)
    response = _ask(connection, token, BIG, ARROW)
    last = 0
    with path.open("wb") as file:
        while piece := response.read(PIECE):
            file.write(piece)
            last = len(piece)
    connection.close()
    return path.stat().st_size - max(last, 4096)


def large(url: str, token: str, folder: Path) -> tuple[list[float], list[float], list[float], int]:
    """Seconds of the file, of the rows, and until the receipt; bytes of the rows."""
    path, port = folder / "answer.arrow", free()
    rows = saved(url, token, path)
    files, answers, ends = [], [], []
    with running([sys.executable, "-c", FILE, str(path), str(port)], port) as beside:
        for _ in range(3):
            connection = _connection(beside)
            since = time.perf_counter()
            connection.request("GET", "/")
            files.append(taken(connection.getresponse(), since, rows)[0])
            connection.close()
            connection = _connection(url)
            since = time.perf_counter()
            there, end = taken(_ask(connection, token, BIG, ARROW), since, rows)
            answers.append(there)
            ends.append(end)
            connection.close()
    return files, answers, ends, rows


def _spent(url: str, tokens: list[str], rate: int) -> tuple[list[float], float]:
    """Seconds of each request at a pace, and how many a second there truly were."""
    since = time.perf_counter()
    spent = paced(url, tokens, SECONDS, rate)
    return spent, len(spent) / (time.perf_counter() - since)


def _small(rate: int, spent: list[float], truly: float) -> Measure:
    p50, p95 = statistics.median(spent), statistics.quantiles(spent, n=20)[-1]
    return Measure(
        f"{rate} small queries a second over HTTP, p95", f"{p95 * 1000:,.0f} ms",
        "<= 100 ms" if rate == RATES[0] else "beside it", p95 <= 0.1,
        f"p50 {p50 * 1000:,.0f} ms; {truly:.0f} a second were answered",
    )  # fmt: skip


def run() -> list[Measure]:
    """Small questions at either pace, first bytes, and a large answer beside a file."""
    with prepared() as (node, _), tempfile.TemporaryDirectory() as folder:
        owner = node.session()
        names = [*(f"ana{number}" for number in range(CLIENTS)), "owner"]
        *tokens, mine = [str(owner.do("token add", actor=n).json["token"]) for n in names]
        port = free()
        options = ["--port", str(port), "--rate", "100000", "--workers", "2"]
        quiet = ["--log-level", "warning", "--background", "0"]
        command = [sys.executable, "-m", "doumen", "--node", str(node.directory), "serve"]
        with running([*command, *options, *quiet], port) as url:
            paced(url, tokens, WARM, RATES[-1])
            spent = {rate: _spent(url, tokens, rate) for rate in RATES}
            firsts = [first_bytes(url, mine) for _ in range(RUNS)]
            files, answers, ends, size = large(url, mine, Path(folder))
    first = statistics.median(firsts)
    theirs, ours = statistics.median(files), statistics.median(answers)
    return [
        *(_small(rate, *spent[rate]) for rate in RATES),
        Measure(f"first bytes of {ROWS // 10**6}M rows over HTTP", f"{first * 1000:.0f} ms",
                "<= 200 ms", first <= 0.2),
        Measure("Arrow over HTTP beside a file", f"{theirs / ours:.2f}×", ">= 0.7×",
                theirs / ours >= 0.7,
                f"{size / 1e6:.0f} MB: file {theirs:.2f} s, rows {ours:.2f} s, "
                f"receipt after {statistics.median(ends):.1f} s"),
    ]  # fmt: skip
