"""What harms, is huge or broken: nothing runs, nothing fills the memory, every reader says what is wrong."""

import contextlib
import csv
import gzip
import json
import os
import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from pilot.quality.prepare import prepare, write_imported
from pilot.records import InputError
from pilot.sources import Dataset
from pilot.sources.formats import SETS, read_source
from pilot.sources.imported import Account
from pilot.sources.spool import Spool, key_of

WORDS = [
    "tôi",
    "muốn",
    "hỏi",
    "về",
    "thủ",
    "tục",
    "cấp",
    "giấy",
    "chứng",
    "nhận",
    "quyền",
    "sử",
    "dụng",
    "đất",
    "lần",
    "đầu",
    "cho",
    "hộ",
    "gia",
    "đình",
    "ở",
    "xã",
    "khi",
    "có",
    "tranh",
    "chấp",
]


def test_a_spool_is_a_sequence_that_many_go_through_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pilot.sources.spool.HELD", 100)
    rows = Spool([(i, "ở" * i) for i in range(50)])
    rows.append((50, ""))
    assert list(pairwise(rows))[-1] == ((49, "ở" * 49), (50, ""))
    assert all(one == other for one, other in zip(rows, rows, strict=True))
    assert (rows[-1], rows[7][0], len(rows), bool(Spool())) == ((50, ""), 7, 51, False)
    with pytest.raises(IndexError):
        rows[51]
    assert key_of("a") != key_of("b")


@settings(deadline=None)
@given(st.lists(st.sampled_from("ab"), max_size=12))
def test_repeated_ids_get_suffixes_that_are_free(wanted: list[str]) -> None:
    account, taken = Account(), dict[str, int]()
    found = [account.unique("x", one, taken) for one in wanted]
    assert len(set(found)) == len(found)
    assert len(account.changes) == len(wanted) - len(set(wanted))


def sheet(path: Path, megabytes: float) -> Path:
    pick = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        write(["Câu hỏi", "Trả lời"])
        while file.tell() < megabytes * 2**20:
            for _ in range(100):
                write([" ".join(pick.choices(WORDS, k=40)), " ".join(pick.choices(WORDS, k=120))])
    return path


def grown(folder: Path, code: str) -> int:
    """Return by how many MB the largest memory of a process grew while it ran some code."""
    lines = (
        "import resource, numpy, pandas, scipy.sparse.csgraph\n"
        "from pathlib import Path\nfrom pilot.sources import spool\n"
        "from pilot.quality.prepare import prepare, write_imported\n"
        "from pilot.quality.redacted_copy import redact_copy\n"
        "from pilot.sources.formats import read_source\nspool.HELD = 1 << 16\n"
        "from pilot.quality import redact, split\nsplit.MOST_EXACT = 100\nredact('anh Hoa ở tổ 5, gọi 0912345678')\n"
        "def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"before = peak()\n{code}\nprint((peak() - before) // 1024)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PILOT_STATE": str(folder / "state")}
    done = subprocess.run(
        [sys.executable, "-c", lines], capture_output=True, text=True, check=True, cwd=folder, env=environment
    )
    return int(done.stdout)


def test_an_import_does_not_hold_what_it_imports(tmp_path: Path) -> None:
    sheet(tmp_path / "big.csv", 4)
    code = "write_imported(prepare(read_source(Path('big.csv'), 'table')), Path('out'), 'big.csv')"
    assert grown(tmp_path, code) < 14, "4 MB of text; held as rows they take 25 MB"
    with (tmp_path / "out" / "questions.jsonl").open("rb") as file:
        assert sum(1 for _ in file) > 4000


def test_a_redacted_copy_does_not_hold_its_source(tmp_path: Path) -> None:
    sheet(tmp_path / "big.csv", 2.5)
    assert grown(tmp_path, "redact_copy(Path('big.csv'), Path('out.csv'))") < 8
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "big.csv").read_bytes()


KEYS = ["id", "text", "articles", "code", "title", "query", "relevant_articles", "metadata", "source_doc"]
JSON = st.recursive(
    st.none() | st.integers(0, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
FILES = ("law.json", "questions.json", "chunks.jsonl.gz", "articles_2026.jsonl.gz", "de_muc_2026.json",
         "law_to_chu_de.json", "dev.csv.gz", "test.csv.gz")  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(JSON, st.binary(max_size=30), st.booleans())
def test_no_content_breaks_the_reader_of_a_published_set(
    tmp_path_factory: pytest.TempPathFactory, content: object, raw: bytes, as_json: bool
) -> None:
    folder = tmp_path_factory.mktemp("set")
    plain = json.dumps(content).encode() if as_json else raw
    for name in FILES:
        (folder / name).write_bytes(gzip.compress(plain) if name.endswith(".gz") and as_json else plain)
    for name in SETS:
        with contextlib.suppress(InputError):
            read_source(folder, name)


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "'x"])
def test_formulas_come_out_as_text_in_every_list(tmp_path: Path, name: str) -> None:
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["Câu hỏi", "Mã", "Lĩnh vực"], ["Hỏi gì đây?", name, name], ["Hỏi gì đây?", name, "x"]]
        )
    write_imported(prepare(read_source(tmp_path / "a.csv", "table")), tmp_path / "out", "a.csv")
    assert Dataset.load(tmp_path / "out").questions[0].question_id == name
    for path in (tmp_path / "out").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))], path.name


@pytest.mark.parametrize("name", ["../../escape", "/etc/passwd", "a/b\\c", "..", "x" * 400, "a\x00b"])
def test_names_in_the_material_never_become_paths(tmp_path: Path, name: str) -> None:
    row = {"question": "Hỏi gì?", "answer": "Đáp.", "id": name, "split": "test", "label": name}
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    data = prepare(read_source(tmp_path / "in" / "a.jsonl", "table"))
    write_imported(data, tmp_path / "out", "a.jsonl")
    assert {path.name for path in tmp_path.iterdir()} == {"in", "out"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "README.md", "changes.csv", "judgments.jsonl", "passages.jsonl", "questions.jsonl",
    }  # fmt: skip
