"""A line that the other side ended: whoever gives it up here hears nothing of that."""

from __future__ import annotations

import socket
import struct

import pytest

from doumen.engines.peers.connect import Line
from doumen.kits.standards.dsp import Endpoint


def test_a_line_that_was_reset_is_cut_all_the_same() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
        far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        far.close()
        line = Line(Endpoint("http", "127.0.0.1", server.getsockname()[1], ""), near)
        near.settimeout(10)
        with pytest.raises(ConnectionResetError):
            near.recv(1)
        line.cut()
        line.close()
        line.cut()
        assert near.fileno() == -1
