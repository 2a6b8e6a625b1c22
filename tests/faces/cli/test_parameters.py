from __future__ import annotations

from pathlib import Path

from doumen.faces.cli.parameters import FilePath


def test_an_address_stays_as_it_is_and_a_path_becomes_absolute() -> None:
    convert = FilePath().convert
    assert convert("https://h/a//b.csv?q=1", None, None) == "https://h/a//b.csv?q=1"
    assert convert("HTTP://h/a", None, None) == "HTTP://h/a"
    assert convert("a/b.csv", None, None) == Path("a/b.csv").absolute()
    assert convert("http/a.csv", None, None) == Path("http/a.csv").absolute()
