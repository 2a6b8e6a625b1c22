"""The store that a test works on: a file of SQLite, or a schema of a PostgreSQL started here.

Each process of the tests starts at most one server, when the first test asks for it, and it ends
with that process. With `DOUMEN_TEST_STORE=postgresql` every node that a test makes is on it, with
`DOUMEN_TEST_LAKE=s3` the lake of each is in a bucket of an S3 store that is started here too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests import zygotes

os.environ["DOUMEN_LANG"] = "en"
"""Tests read English, whatever the language of who runs them; those of languages choose."""
SERVER = Path(__file__).parents[1] / "tools" / "postgres.py"
Choose = Callable[[str], AbstractContextManager[str]]
KINDS = ("sqlite", "postgresql")
KIND = os.environ.get("DOUMEN_TEST_STORE", "sqlite")
"""The store of tests that do not choose one."""
AWAY = os.environ.get("DOUMEN_TEST_LAKE", "disk") == "s3"
"""Whether the lake of tests that do not choose is in a bucket."""
if KIND not in KINDS:
    raise pytest.UsageError(f"DOUMEN_TEST_STORE is {KIND!r}; it is one of {', '.join(KINDS)}")


class Postgres:
    """A server on loopback, started when it is first asked for."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        told = json.loads(self._line() or "{}")
        if not told:
            raise RuntimeError("no PostgreSQL: run tools/postgres.py to see why")
        self.address: str = told["address"]
        self.password: str = told["password"]

    def new(self) -> str:
        """Address of a schema that nothing is in."""
        return f"{self.address}?schema=t_{uuid.uuid4().hex}"

    def stop(self) -> None:
        """Let it crash."""
        self._tell("stop")

    def start(self) -> None:
        """Let it come back at the same port."""
        self._tell("start")

    def close(self) -> None:
        """End it for good."""
        self._process.communicate(timeout=60)

    def _tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        assert self._line(), "the server did not follow"

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of this process."""
    server = Postgres()
    yield server
    server.close()


@pytest.fixture(scope="session")
def objects() -> Iterator[Any]:
    """The S3 store of this process."""
    from tests.objects import Objects

    store = Objects()
    try:
        store.start()
        yield store
    finally:
        store.close()


@pytest.fixture(scope="session")
def choose(request: pytest.FixtureRequest) -> Choose:
    """Puts new nodes, in processes too, on a kind of store: `with choose(kind): …`."""

    @contextmanager
    def chosen(kind: str) -> Iterator[str]:
        with pytest.MonkeyPatch.context() as patch:
            if kind == "sqlite":
                patch.delenv("DOUMEN_STORE", raising=False)
            else:
                server: Postgres = request.getfixturevalue("postgres")
                patch.setenv("DOUMEN_STORE", server.address)
                patch.setenv("PGPASSWORD", server.password)
            yield kind

    return chosen


@contextmanager
def watered(store: Any) -> Iterator[Any]:
    """Put the lakes of new nodes, in processes too, into a bucket of this S3 store."""
    from tests.objects import ACCESS, BUCKET, SECRET

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOUMEN_LAKE", f"s3://{BUCKET}/?endpoint={store.endpoint}")
        patch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        yield store


@pytest.fixture
def in_bucket(objects: Any) -> Iterator[Any]:
    """New nodes have their lake in a bucket of this S3 store."""
    with watered(objects) as store:
        yield store


@pytest.fixture(scope="session", autouse=True)
def everywhere(choose: Choose, request: pytest.FixtureRequest) -> Iterator[str]:
    """The store of tests that do not choose one."""
    with choose(KIND) as kind:
        if not AWAY:
            yield kind
            return
        with watered(request.getfixturevalue("objects")):
            yield kind


@pytest.fixture(scope="session")
def zygote() -> Iterator[None]:
    """Ends, after all tests, what they shared."""
    yield
    zygotes.end()


@pytest.fixture(scope="module", autouse=True)
def engines(zygote: None) -> Iterator[None]:
    """Engines of nodes share a zygote; tests of engines put nothing in its place."""
    with zygotes.shared():
        yield


@pytest.fixture(scope="module")
def store(everywhere: str) -> str:
    """Kind of the store of new nodes; folders that run on both put their own in its place."""
    return everywhere


@pytest.fixture
def store_in_folder(choose: Choose) -> Iterator[None]:
    """For tests that copy the folder of a node and mean all of it, the store too."""
    with choose("sqlite"):
        yield


@pytest.fixture(scope="session")
def tampering() -> Callable[[Path], AbstractContextManager[Any]]:
    """A connection past the gate, free of foreign keys: `with tampering(folder) as c: …`."""
    free = {
        "sqlite": "PRAGMA foreign_keys = OFF",
        "postgresql": "SET session_replication_role = replica",
    }

    @contextmanager
    def tampered(folder: Path) -> Iterator[Any]:
        from doumen.session.settings import read
        from doumen.stores import address
        from doumen.stores.database import engine

        opened = engine(address.parse(read(folder).store_address(folder)), 5)
        with opened.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute(free[connection.dialect.name])
            yield connection
            connection.commit()
        opened.dispose()

    return tampered


@pytest.fixture
def new_url(
    request: pytest.FixtureRequest, store: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Gives addresses of empty places for a store, each once."""
    if store == "sqlite":
        return lambda: f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.sqlite'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new


@pytest.fixture
def url(new_url: Callable[[], str]) -> str:
    """Address of an empty place for a store."""
    return new_url()
