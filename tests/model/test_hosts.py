"""Which hosts are this machine."""

from __future__ import annotations

import pytest

from doumen.model.hosts import is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.9", "::1", "localhost", "LocalHost"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "localhost.example.org", "::2", "", "0.0.0.0"])
def test_any_other(host: str) -> None:
    assert not is_loopback(host)
