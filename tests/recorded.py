"""What other nodes say to a service and what it answers, recorded on the way by a proxy."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.parties import Party

_OF_THE_WAY = {"connection", "transfer-encoding", "content-length", "keep-alive", "host"}


@dataclass(frozen=True)
class Heard:
    """A request with its answer, as they went over the wire."""

    method: str
    path: str
    asked: bytes
    status: int
    answer: bytes

    def documents(self) -> list[dict[str, Any]]:
        """The documents of the Dataspace Protocol in it: that of the request, of the answer."""
        protocol = self.path.startswith("/dsp/") and not self.path.startswith("/dsp/exchange/")
        return [json.loads(text) for text in (self.asked, self.answer) if protocol and text]


@dataclass
class Recorder:
    """A proxy at the address of a party; its service is behind it."""

    server: ThreadingHTTPServer
    heard: list[Heard] = field(default_factory=list)

    def close(self) -> None:
        """End it."""
        self.server.shutdown()
        self.server.server_close()


def record(party: Party) -> Recorder:
    """Put a recorder before a party whose service does not run yet."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        behind = int(probe.getsockname()[1])
    address, party.port = party.port, behind

    class Passing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.rfile.read(int(self.headers.get("content-length") or 0))
            way = http.client.HTTPConnection("127.0.0.1", behind, timeout=60)
            try:
                headers = {k: v for k, v in self.headers.items() if k.lower() not in _OF_THE_WAY}
                way.request(self.command, self.path, asked or None, headers)
                came = way.getresponse()
                answer = came.read()
            except OSError:
                self.send_error(502)
                return
            finally:
                way.close()
            recorder.heard.append(Heard(self.command, self.path, asked, came.status, answer))
            self.send_response_only(came.status)
            for name, value in came.getheaders():
                if name.lower() not in _OF_THE_WAY:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    recorder = Recorder(ThreadingHTTPServer(("127.0.0.1", address), Passing))
    threading.Thread(target=recorder.server.serve_forever, daemon=True).start()
    return recorder
