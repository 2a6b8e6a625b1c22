"""Settings: what is written is read back; every fault is told at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.model.errors import Invalid, Unavailable
from doumen.session.settings import FILE, MIB, Settings, read, written

PLAIN = {"name": "City", "origin": "city-1"}


def write(folder: Path, text: str) -> Path:
    (folder / FILE).write_text(text, "utf-8")
    return folder


@settings(derandomize=True, deadline=None, max_examples=count(100))
@given(
    name=st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), min_size=1),
    threads=st.integers(1, 256),
    seconds=st.floats(0.1, 1e6),
)
def test_what_is_written_is_read_back(name: str, threads: int, seconds: float) -> None:
    told = Settings.model_validate({**PLAIN, "name": name, "threads": threads, "seconds": seconds})
    assert Settings.model_validate(tomllib.loads(written(told))) == told


def test_every_setting_is_documented_in_the_file() -> None:
    text = written(Settings.model_validate(PLAIN))
    for name, field in Settings.model_fields.items():
        assert f"# {field.description}\n{name} = " in text


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    told = read(write(tmp_path, 'name = "City"\norigin = "city-1"\nmemory_mib = 512\n'))
    bounds = told.bounds()
    assert (bounds.memory, bounds.threads, bounds.seconds) == (512 * MIB, 2, 300)
    assert bounds.output == 8192 * MIB
    assert told.small_answer_mib == 32


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = 'name = ""\norigin = "a b"\nthreads = 0\nseconds = "x"\ncolour = 1\n'
    with pytest.raises(Invalid, match="wrong settings") as caught:
        read(write(tmp_path, text))
    why = caught.value.why or ""
    assert all(f"`{name}`" in why for name in ("name", "origin", "threads", "seconds", "colour"))
    assert "small_answer_mib" in (caught.value.next or "")
    assert caught.value.exit == 2


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read") as caught:
        read(tmp_path)
    assert caught.value.exit == 4
    with pytest.raises(Invalid, match="is not TOML"):
        read(write(tmp_path, "name = \n"))
    (tmp_path / FILE).write_bytes(b'name = "\xff"')
    with pytest.raises(Invalid, match="is not TOML"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ('address = "http://port.example"', "Only an address with TLS is called"),
        ('address = "https://127.0.0.1:8470"', "of this machine or of an inner network"),
        ('address = "port.example"', "must start with `https://`"),
        ('did = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"', "`did:web:`"),
        ('did = "did:web:localhost"', "of this machine or of an inner network"),
        ('reach = "lan"', "'public' or 'loopback'"),
    ],
)
def test_where_others_reach_a_node_is_judged(tmp_path: Path, given: str, words: str) -> None:
    with pytest.raises(Invalid, match="wrong settings") as caught:
        read(write(tmp_path, f'name = "City"\norigin = "city-1"\n{given}\n'))
    assert words in (caught.value.why or "")


def test_where_others_reach_a_node_has_one_spelling(tmp_path: Path) -> None:
    body = 'name = "City"\norigin = "city-1"\naddress = "https://Port.Example:8470/"\n'
    told = read(write(tmp_path, body + 'did = "did:web:port.example%3A8470"\n'))
    assert (told.address, told.did) == ("https://port.example:8470", "did:web:port.example%3A8470")
    body = body.replace("https://Port.Example:8470/", "http://127.0.0.1:8470")
    assert read(write(tmp_path, body + 'reach = "loopback"\n')).address == "http://127.0.0.1:8470"
