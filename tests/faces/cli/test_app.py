"""Command lines from end to end: exit codes, streams, failures, what reaches the session."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from doumen.faces.cli import app
from doumen.faces.cli.asked import Asked
from doumen.faces.cli.tree import Verb
from doumen.model import errors
from doumen.model.message import msg, plain
from doumen.model.operation import Fields, Operation, Outcome, Param, Table, Text

ANSWER = Outcome(
    json={"columns": [{"name": "n", "type": "BIGINT"}], "rows": [[1]], "receipt": "01R"},
    drawn=(Table(("n",), ((1,),)),),
    said=(msg("1 row."), msg("Receipt 01R")),
)
HEAVY = (
    "duckdb", "pyarrow", "sqlalchemy", "sqlglot", "pydantic", "rich", "cryptography",
    "deltalake", "ruamel.yaml", "jsonschema", "doumen.gate", "doumen.session", "doumen.model.plan",
)  # fmt: skip


def test_json_into_a_pipe_without_talk(doumen: Any, session: Any) -> None:
    session.doing = lambda **_: ANSWER
    shown = doumen("query", "select 1")
    assert shown.code == 0
    assert json.loads(shown.out) == ANSWER.json
    assert shown.err == ""
    assert session.closed


def test_tables_on_a_terminal_and_talk_beside_them(doumen: Any, session: Any) -> None:
    session.doing = lambda **_: ANSWER
    shown = doumen("query", "select 1", terminal=True)
    assert shown.out == "n\n─\n1\n"
    assert shown.err == "1 row.\nReceipt 01R\n"


def test_json_on_a_terminal_when_asked(doumen: Any, session: Any) -> None:
    session.doing = lambda **_: ANSWER
    shown = doumen("query", "select 1", "--json", terminal=True)
    assert json.loads(shown.out) == ANSWER.json
    assert "Receipt 01R" in shown.err


@pytest.mark.parametrize(
    "line",
    [
        ["--node", "n", "--as", "ana", "--for", "research", "query", "x"],
        ["query", "x", "--for=research", "--node", "n", "--as", "ana"],
        ["--as", "bob", "query", "--node", "n", "x", "--as", "ana", "--for", "research"],
    ],
)
def test_global_options_before_and_after_the_verb(
    doumen: Any, session: Any, line: list[str]
) -> None:
    assert doumen(*line).code == 0
    assert (session.actor, session.purpose) == ("ana", "research")
    assert session.node == Path("n").absolute()


@pytest.mark.parametrize(("line", "warm"), [(["query", "x"], True), (["actor", "list"], False)])
def test_the_sandbox_starts_ahead_where_a_query_follows(
    doumen: Any, session: Any, line: list[str], warm: bool
) -> None:
    assert doumen(*line).code == 0
    assert session.warm is warm


def test_global_options_within_a_branch(doumen: Any, session: Any) -> None:
    assert doumen("receipt", "--as", "ana", "show", "01R").code == 0
    assert session.actor == "ana"
    assert session.asked[0].name == ("receipt", "show")


def test_all_parameters_reach_the_operation(doumen: Any, session: Any) -> None:
    doumen("query", "x", "-o", "a/b.csv", "--param", "1", "--param", "-2", "--explain")
    operation, params = session.asked
    assert operation.run == "doumen.rooms.analyse.query:query"
    assert params == {
        "sql": "x",
        "into": None,
        "output": Path("a/b.csv").absolute(),
        "explain": True,
        "param": ("1", "-2"),
        "agreement": (),
        "as_of": None,
    }
    assert (session.node, session.actor, session.purpose) == (None, None, None)


def test_a_statement_from_standard_input(doumen: Any, session: Any) -> None:
    doumen("query", "-", stdin="select '陡门'\n".encode())
    assert session.asked[1]["sql"] == "select '陡门'\n"
    shown = doumen("query", "-", stdin=b"\xff\xfe")
    assert (shown.code, json.loads(shown.err)["error"]["code"]) == (2, "invalid.encoding")


def test_an_operation_may_name_its_parameters_as_global_options_are_named(
    doumen: Any, session: Any
) -> None:
    doumen("actor", "add", "ana", "--purpose", "research", "--for", "administration")
    assert session.asked[1]["purpose"] == ("research",)
    assert session.purpose == "administration"


def test_init_needs_no_node(doumen: Any, session: Any) -> None:
    session.doing = lambda **_: Outcome(json={"node": "x"}, drawn=(Fields(((msg("node"), "x"),)),))
    assert json.loads(doumen("init", "x", "--name", "City").out) == {"node": "x"}
    made = {"directory": Path("x").absolute(), "name": "City", "store": None, "address": None,
                "lake": None}  # fmt: skip
    assert session.made == made
    assert session.asked is None


def test_a_receipt_in_a_file_needs_no_node(
    doumen: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(directory: Path | None = None, *, warm: bool = False) -> None:
        raise errors.NotFound(msg("There is no node."), detail="node")

    monkeypatch.delenv("DOUMEN_NODE", raising=False)
    session.doing = lambda **_: Outcome(json={})
    assert doumen("receipt", "verify", "r.json", "--key", "k.json").code == 0
    assert session.asked[0].name == ("receipt", "verify")
    monkeypatch.setattr(sys.modules["doumen.session"], "open", nowhere)
    seen: list[Any] = []

    def verify(desk: Any, **values: Any) -> Outcome:
        seen.append((desk, values["receipt"], values["key"]))
        return Outcome(json={"holds": True})

    monkeypatch.setattr("doumen.rooms.trace.receipts.verify", verify)
    line = ("receipt", "verify", "r.json", "--key", "k.json")
    assert json.loads(doumen(*line).out) == {"holds": True}
    assert seen == [(None, "r.json", Path("k.json").absolute())]
    assert doumen(*line, "--node", "x").code == 3
    assert doumen("receipt", "replay", "r.json").code == 3
    monkeypatch.setenv("DOUMEN_NODE", "x")
    assert doumen(*line).code == 3
    assert len(seen) == 1


@pytest.mark.parametrize("kind", errors.DoumenError.__subclasses__(), ids=lambda k: k.kind)
def test_failures_have_their_exit_code_and_their_shape(
    doumen: Any, session: Any, kind: type[errors.DoumenError]
) -> None:
    def fail(**_: Any) -> Outcome:
        raise kind(
            plain("It went wrong."),
            why=plain("Because."),
            next=plain("doumen x"),
            rule="r1",
            detail="d",
        )

    session.doing = fail
    shown = doumen("key", "show")
    assert (shown.code, shown.out) == (kind.exit, "")
    assert json.loads(shown.err) == {
        "error": {
            "code": f"{kind.kind}.d",
            "what": "It went wrong.",
            "why": "Because.",
            "next": "doumen x",
            "rule": "r1",
        }
    }
    assert session.closed
    drawn = doumen("key", "show", terminal=True)
    assert drawn.err == "error: It went wrong.\n       Because.\nhint:  doumen x\n"


def test_faults_found_are_an_outcome_with_exit_code_1(doumen: Any, session: Any) -> None:
    session.doing = lambda **_: Outcome(json={"faults": 1}, drawn=(Text("one"),), exit=1)
    assert doumen("key", "show").code == 1


def test_an_unknown_error_keeps_its_words_to_itself(doumen: Any, session: Any) -> None:
    def fail(**_: Any) -> Outcome:
        raise ValueError("secret 110101199003071234")

    session.doing = fail
    shown = doumen("key", "show", terminal=True)
    assert shown.code == 70
    assert "secret" not in shown.err
    assert "ValueError" in shown.err
    assert "--debug" in shown.err
    debugged = doumen("key", "show", "--debug", terminal=True)
    assert "Traceback" in debugged.err
    assert debugged.code == 70


def test_an_interrupt_is_130(doumen: Any, session: Any) -> None:
    def interrupt(**_: Any) -> Outcome:
        raise KeyboardInterrupt

    session.doing = interrupt
    shown = doumen("key", "show")
    assert shown.code == 130
    assert json.loads(shown.err)["error"]["code"] == "interrupted"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["qeury", "x"], "There is no command `qeury`. Did you mean `query`?"),
        (["receipt", "verfy"], "no command `receipt verfy`. Did you mean `receipt verify`?"),
        (["replay"], "Did you mean `quarantine replay` or `receipt replay`?"),
        (["zzz"], "There is no command `zzz`."),
        (["query"], "Missing argument 'SQL'"),
        (["query", "select", "1"], "nothing that `1` could be. A statement or a pattern stands in"),
        (["collect", "a", "b", "c", "d", "e", "--as-dataset", "a.b"], "that `b`, `c`, `d` could"),
        (["query", "x", "--explian"], "Did you mean"),
        (["ledger", "prove", "--from", "x"], "'x' is not a valid integer"),
        (["--nod"], "No such option '--nod'"),
    ],
)
def test_misuse_is_2_and_near_names_are_told(doumen: Any, line: list[str], said: str) -> None:
    shown = doumen(*line, terminal=True)
    assert shown.code == 2
    assert said in shown.err
    assert shown.err.startswith("error: ")
    assert "--help`" in shown.err
    piped = doumen(*line)
    assert json.loads(piped.err)["error"]["code"] == "invalid.usage"


def test_a_bare_line_shows_the_first_page(doumen: Any) -> None:
    shown = doumen()
    assert shown.code == 2
    assert "Usage: doumen" in shown.err


def test_hostile_text_does_not_reach_the_terminal(doumen: Any, session: Any) -> None:
    evil = "a\x1b]0;owned\x07\u202eb\x9b"
    session.doing = lambda **_: Outcome(
        json={"v": evil}, drawn=(Text(evil), Fields(((msg("k"), evil),))), said=(plain(evil),)
    )
    drawn = doumen("key", "show", terminal=True)
    asked = doumen("key", "show", "--json", terminal=True)
    for text in (drawn.out, drawn.err, asked.out):
        assert not set("\x1b\x07\u202e\x9b") & set(text)
    assert json.loads(asked.out) == {"v": evil}


def test_progress_only_where_somebody_looks(doumen: Any, session: Any) -> None:
    doumen("key", "show")
    session.progress(0.5, msg("reading"))
    assert session.progress.__name__ == "silent"
    doumen("key", "show", terminal=True)
    assert type(session.progress).__name__ == "Line"


def test_kinds_of_parameters() -> None:
    operation = Operation(
        ("x",),
        "X.",
        "x:x",
        (
            Param("how", "How.", "choice", choices=("a", "b"), default="a"),
            Param("many", "Many.", "integer", positional=True, repeat=True),
        ),
    )
    context = Verb(operation).make_context("x", ["1", "2", "--how", "b"], obj=Asked())
    assert context.params == {"how": "b", "many": (1, 2)}
    assert Verb(operation).make_context("x", [], obj=Asked()).params == {"how": "a", "many": ()}
    with pytest.raises(click.BadParameter, match="'c' is not one of"):
        Verb(operation).make_context("x", ["--how", "c"], obj=Asked())


def test_version_and_completion(doumen: Any) -> None:
    assert doumen("--version").out.startswith("doumen 0.")
    for shell in ("bash", "zsh", "fish"):
        assert "_DOUMEN_COMPLETE" in doumen("completion", shell).out
    assert doumen("completion", "tcsh").code == 2


def python(code: str, *line: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *line], capture_output=True, text=True, check=False, **more
    )


RUN = "import sys; from doumen.faces.cli.app import main; sys.exit(main())"


@pytest.mark.parametrize("line", ["--help", "query --help", "qeury", "completion zsh"])
def test_pages_bring_no_engine_and_no_store(line: str) -> None:
    code = (
        "import sys; from doumen.faces.cli.app import main; code = main();"
        f"sys.stderr.write('HEAVY=' + ','.join(sorted(set({HEAVY!r}) & set(sys.modules))))"
    )
    done = python(code, *line.split())
    assert done.stderr.endswith("HEAVY=")


def test_words_are_completed() -> None:
    def complete(words: str, place: int) -> list[str]:
        asked = {"_DOUMEN_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(place)}
        done = python(RUN, env=os.environ | asked)
        return [line.partition(",")[2] for line in done.stdout.splitlines()]

    assert complete("doumen rec", 1) == ["receipt"]
    assert set(complete("doumen receipt ", 2)) == {"show", "verify", "replay"}
    assert "--for" in complete("doumen query --", 2)
    assert complete("doumen completion z", 2) == ["zsh"]


class Gone(io.StringIO):
    """A pipe whose reader is gone, without a descriptor."""

    def write(self, _: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize("line", [["key", "show"], ["--help"], ["completion", "zsh"]])
def test_a_pipe_broken_at_any_place(
    session: Any, monkeypatch: pytest.MonkeyPatch, line: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", Gone())
    assert app.main(line) == app.BROKEN_PIPE


def test_a_reader_who_goes_away_is_no_error() -> None:
    code = (
        "import sys; from doumen.faces.cli import app, show;"
        "from doumen.model.operation import Outcome;"
        "from doumen.faces.cli import run;"
        "run._do = lambda *_: Outcome(json={'rows': (n for n in range(10**6))});"
        "sys.exit(app.main(['key', 'show']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == app.BROKEN_PIPE
