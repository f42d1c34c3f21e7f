"""Bad input at volume: readers, configurations, text and commands answer, or say what is wrong; they never crash.

``make fuzz`` runs PILOT_FUZZ cases in all; the tests run a seeded few hundred.
"""

import contextlib
import gzip
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, TINY, write_dataset
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pilot import Dataset, load_experiment
from pilot.records import InputError

TOTAL = int(os.environ.get("PILOT_FUZZ", "0"))
JUNK = [b"\x00", b"\xff\xfe", b"null", b"{", b"]", b"\n", b'"', b",", b"=1+1", b"9" * 400, b"-", b"1e999", b"NaN",
        b"<x>", b"\r", "ữ".encode(), "ữ".encode("utf-16"), b"[]", b"{}", b"true", b"'", b": ", b"&a *a",
        b"\xef\xbb\xbf"]  # fmt: skip
edits = st.lists(
    st.tuples(
        st.integers(0, 10**6), st.integers(0, 60), st.one_of(st.sampled_from(JUNK), st.binary(max_size=8))
    ),
    min_size=1,
    max_size=5,
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def spoilt(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Cut out pieces and put others in."""
    for number, length, piece in changes:
        place = number % (len(content) + 1)
        content = content[:place] + piece + content[place + length :]
    return content


def cases(share: int, few: int) -> Callable:
    """So many percent of a long run, or a seeded few."""
    return settings(
        max_examples=TOTAL * share // 100 if TOTAL else few, deadline=None, derandomize=not TOTAL,
        suppress_health_check=list(HealthCheck), database=None,
    )  # fmt: skip


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    where = Path(
        tempfile.mkdtemp(prefix="pilot-fuzz-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    )
    try:
        yield where
    finally:
        shutil.rmtree(where)


def refused(work: Callable[[], Any]) -> None:
    """Do it; wrong input may be refused, with words."""
    faults: tuple[str, ...] = ("none",)
    try:
        work()
    except InputError as error:
        faults = error.faults
    assert faults
    assert all(isinstance(fault, str) and fault for fault in faults)


def lines(rows: list[dict]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def office(kind: str) -> bytes:
    buffer = io.BytesIO()
    if kind == "docx":
        import docx

        document = docx.Document()
        document.add_heading("Hỏi đáp", 1)
        for text in (
            "Hỏi: Thuê nhà có phải công chứng không?",
            "Trả lời: Theo Điều 472 thì không.",
            "Câu 2. Ly hôn ở đâu?",
        ):
            document.add_paragraph(text)
        document.add_table(2, 2).cell(0, 0).text = "câu hỏi"
        document.save(buffer)
    else:
        import openpyxl

        book = openpyxl.Workbook()
        for row in (
            ["STT", "Câu hỏi", "Lĩnh vực", "Ngày"],
            [1, "Thuê nhà có phải công chứng không?", "09", "2025-01-01"],
        ):
            book.active.append(row)
        book.save(buffer)
    return buffer.getvalue()


def repacked(content: bytes, part: int, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Spoil one part inside an office file, so that the library and not only the archive meets it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for number, name in enumerate(old.namelist()):
            raw = old.read(name)
            new.writestr(name, spoilt(raw, changes) if number == part % len(old.namelist()) else raw)
    return buffer.getvalue()


PROSE = (
    "Câu 1. Thuê nhà có phải công chứng không?\nTrả lời: Theo Điều 472 Bộ luật Dân sự số 91/2015/QH13 thì không.\n\n"
    * 3
)
ALQAC = {
    "law.json": json.dumps(
        [{"id": "Luật A", "articles": [{"id": "1", "text": "Điều 1. Thuê nhà."}]}]
    ).encode(),
    "questions.json": json.dumps(
        [
            {
                "question_id": "a",
                "text": "Thuê nhà?",
                "relevant_articles": [{"law_id": "Luật A", "article_id": "1"}],
            }
        ]
    ).encode(),
}
ARTICLE = {"code": "1.1", "chu_de": 9, "de_muc": "x", "title": "Điều 1.", "text": "Thuê nhà.",
           "source_doc": "91/2015/QH13",
           "source_note": "x", "article": "1", "effective": "2017-01-01", "url": "u", "related": []}  # fmt: skip
CHUNK = {"id": "a", "text": "Vượt đèn đỏ.", "metadata": {"source": "luat 1_2020", "context": {"dieu": "5"}}}
SOURCES: dict[str, tuple[str, dict[str, bytes]]] = {
    "table": ("in.csv", {"in.csv": "câu hỏi,lĩnh vực,ngày hỏi\nThuê nhà?,09,2025-01-01\nLy hôn?,39,1/2/2025".encode()}),
    "text": ("in.txt", {"in.txt": PROSE.encode()}),
    "html": ("in.html", {"in.html": f"<html><body><h2>Hỏi</h2><p>{PROSE}</p><table><tr><td>x</table>".encode()}),
    "beir": ("", {
        "corpus.jsonl": lines([{"_id": "p", "title": "", "text": "Thuê nhà."}]),
        "queries.jsonl": lines([{"_id": "q", "text": "Thuê nhà?"}]),
        "qrels/test.tsv": b"query-id\tcorpus-id\tscore\nq\tp\t1\n",
    }),
    "alqac": ("", ALQAC),
    "traffic": ("", {"chunks.jsonl.gz": lines([CHUNK]), "questions.json": json.dumps(
        [{"query_id": "q", "query": "Đèn đỏ?", "relevant_chunk_ids": ["a"]}]).encode()}),
    "phapdien": ("", {"articles_2026.jsonl.gz": lines([ARTICLE]), "de_muc_2026.json": b"{}"}),
    "vilegalnli": ("", {name: b"Law ID,Law Name,Article,Clause,Premise,Hypothesis,Field of Law\n1,A,2,3,T.,T.,x\n"
                        for name in ("dev.csv.gz", "test.csv.gz")}),
}  # fmt: skip


@cases(20, 40)
@given(form=st.sampled_from(sorted(SOURCES)), number=st.integers(0, 9), changes=edits)
def test_readers_of_foreign_material(form: str, number: int, changes: list) -> None:
    from pilot.sources.formats import read_source

    entry, files = SOURCES[form]
    with folder() as where:
        for i, (name, content) in enumerate(files.items()):
            (where / name).parent.mkdir(exist_ok=True)
            raw = spoilt(content, changes) if i == number % len(files) else content
            (where / name).write_bytes(gzip.compress(raw, 1) if name.endswith(".gz") else raw)
        refused(lambda: read_source(where / entry, form))


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_readers_of_office_files(kind: str) -> None:
    from pilot.sources.formats import read_source

    content = office(kind)

    @cases(3, 15)
    @given(part=st.integers(0, 30), changes=edits, whole=st.booleans())
    def check(part: int, changes: list, whole: bool) -> None:
        with folder() as where:
            path = where / f"in.{kind}"
            path.write_bytes(spoilt(content, changes) if whole else repacked(content, part, changes))
            refused(lambda: read_source(path, "docx" if kind == "docx" else "table"))

    check()


@cases(14, 30)
@given(name=st.sampled_from(sorted(TINY)), changes=edits, card=st.booleans())
def test_datasets(name: str, changes: list, card: bool) -> None:
    with folder() as where:
        write_dataset(where / "d", TINY)
        (where / "d" / "README.md").write_text(
            "---\nname: d\nillustrative: true\n---\n\nx\n", encoding="utf-8"
        )
        path = where / "d" / ("README.md" if card else f"{name}.jsonl")
        path.write_bytes(spoilt(path.read_bytes(), changes))
        refused(lambda: Dataset.load(where / "d"))


@cases(6, 20)
@given(row=st.integers(0, 2), table=st.sampled_from(sorted(TINY)), key=st.integers(0, 9), value=values)
def test_rows_of_the_wrong_type(row: int, table: str, key: int, value: object) -> None:
    rows = [dict(one) for one in TINY[table]]
    one = rows[row % len(rows)]
    one[sorted(one)[key % len(one)]] = value
    with folder() as where:
        path = write_dataset(where / "d", {**TINY, table: []})
        text = "".join(json.dumps(each) + "\n" for each in rows)
        (path / f"{table}.jsonl").write_text(text, encoding="utf-8")
        refused(lambda: Dataset.load(path))


@cases(4, 15)
@given(suffix=st.sampled_from([".csv", ".jsonl"]), changes=edits)
def test_labelled_files(suffix: str, changes: list) -> None:
    content = b"text,label,split\nThue nha?,09,train\nLy hon?,39,test\n"
    if suffix == ".jsonl":
        content = lines([{"text": "Thuê nhà?", "label": "09"}, {"text": "Ly hôn?", "label": "39"}])
    with folder() as where:
        (where / f"x{suffix}").write_bytes(spoilt(content, changes))
        refused(lambda: Dataset.load(where / f"x{suffix}"))


def readers_of_settings() -> dict[str, tuple[Path, Callable[[Path], Any]]]:
    from pilot.decide.cost import load_sheet
    from pilot.decide.criteria import load_criteria

    experiments = ROOT / "experiments"
    return {
        "rank": (experiments / "rank" / "default.yaml", load_experiment),
        "classify": (experiments / "classify" / "default.yaml", load_experiment),
        "criteria": (experiments / "decision.yaml", load_criteria),
        "cost": (experiments / "cost.yaml", load_sheet),
    }


@cases(10, 25)
@given(kind=st.sampled_from(["rank", "classify", "criteria", "cost"]), changes=edits)
def test_configurations(kind: str, changes: list) -> None:
    path, read = readers_of_settings()[kind]
    with folder() as where:
        (where / path.name).write_bytes(spoilt(path.read_bytes(), changes))
        refused(lambda: read(where / path.name))


@cases(6, 15)
@given(changes=edits)
def test_mlflow_yaml(changes: list) -> None:
    from pilot.track import settings as read

    with folder() as where, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOT_ROOT", str(where))
        (where / "mlflow.yaml").write_bytes(spoilt((ROOT / "mlflow.yaml").read_bytes(), changes))
        refused(read)


@cases(5, 20)
@given(
    raw=st.dictionaries(
        st.sampled_from(["task", "model", "about", "measures", "params", "depth", "seed", "suite"]), values
    )
)
def test_configurations_of_the_wrong_type(raw: dict) -> None:
    import yaml

    with folder() as where:
        (where / "x.yaml").write_text(
            yaml.safe_dump({"task": "rank", "model": "bm25", **raw}), encoding="utf-8"
        )
        refused(lambda: load_experiment(where / "x.yaml"))


@cases(23, 60)
@given(
    text=st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PROSE.split()), max_size=30).map(" ".join))
)
def test_text(text: str) -> None:
    from pilot.quality import redact
    from pilot.text import normalise, restore_accents, segment
    from pilot.text.citations import find_citations

    tidy = normalise(text)
    assert normalise(tidy) == tidy
    find_citations(tidy)
    redact(tidy)
    assert (
        segment(tidy).replace("_", "").replace(" ", "").replace("\n", "")
        == tidy.replace("_", "").replace(" ", "").replace("\n", "")
        or not tidy.isprintable()
    )
    restore_accents(tidy)


WORDS = st.one_of(
    st.text(max_size=12).filter(lambda word: "\x00" not in word),
    st.sampled_from(["--out", "--format", "--json", "--folds", "--suite", "-1", "0", "x", "beir", "csv", "--as-of",
                     "2025-99-99", "--baseline", "/nonexistent", ".", "", "--help", "--dataset", "--criteria",
                     "--runs"]),
)  # fmt: skip
COMMANDS = ("run", "compare", "data import", "data check", "data export", "data facts", "data redact", "data get",
            "report", "ask", "brief", "model promote", "label restore", "usage", "text", "nonsense")  # fmt: skip


@cases(6, 25)
@given(command=st.sampled_from(COMMANDS), words=st.lists(WORDS, max_size=4))
def test_commands(command: str, words: list[str]) -> None:
    """Options that nobody meant: refused with code 2; what would be right is left to other tests."""
    from typer.exceptions import TyperException

    from pilot.cli import app

    with folder() as where, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOT_STATE", str(where / "state"))
        patch.chdir(where)
        patch.setenv("PILOT_ROOT", str(where))  # no project here: nothing long can start
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            contextlib.suppress(InputError, TyperException, SystemExit),
        ):
            app([*command.split(), *words], standalone_mode=False)
