from pathlib import Path

import pytest
from conftest import ROOT

from pilot.config import load_experiment
from pilot.records import InputError

GOOD = """
task: rank
model: bm25
about: BM25
params: {k1: 1.2, terms: [syllables]}
measures: [nDCG@10]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "rank" / "mine.yaml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", sorted(ROOT.glob("experiments/*/*.yaml")), ids=lambda p: p.stem)
def test_shipped_experiments_load_and_are_short(path: Path) -> None:
    assert load_experiment(path).build().learns in (True, False)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 25


def test_name_comes_from_the_path(tmp_path: Path) -> None:
    assert load_experiment(written(tmp_path, GOOD)).name == "rank/mine"


def test_all_faults_at_once_with_the_nearest_name(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("about", "abuot").replace("k1", "k") + "sed: 3\ndepth: many\n")
    with pytest.raises(InputError) as caught:
        load_experiment(path)
    text = "\n".join(caught.value.faults)
    for expected in ("'abuot'; did you mean 'about'", "'about' is missing", "'sed'; did you mean 'seed'",
                     "'depth' is 'many'; expected a whole number",
                     "setting of model 'bm25' 'k'; did you mean 'k1'"):  # fmt: skip
        assert expected in text
    assert all(str(path) in fault for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("model: bm25", "model: bm52"), "unknown model 'bm52'; did you mean 'bm25'"),
        (("task: rank", "task: ranking"), "expected one of 'classify', 'rank'"),
        (("nDCG@10", "nDGC@10"), "nDCG"),
        (("nDCG@10", "macro-F1"), "measure macro-F1 belongs to task classify, not to rank"),
        (("{k1: 1.2, terms: [syllables]}", "{k1: true}"), "'k1' is True; expected a number"),
        (("{k1: 1.2, terms: [syllables]}", "{terms: [sylables]}"), "syllables"),
    ],
)
def test_wrong_values_are_named(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    with pytest.raises(InputError, match=expected.replace("(", r"\(")):
        load_experiment(written(tmp_path, GOOD.replace(*change)))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a: [", "not valid YAML"),
        (b"- x", "expected `key: value`"),
        (b"", "expected `key: value`"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_unreadable_files(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=expected):
        load_experiment(path)
    with pytest.raises(InputError, match="no such experiment"):
        load_experiment(tmp_path / "none.yaml")


def test_hash_names_what_changes_a_result(tmp_path: Path) -> None:
    first = load_experiment(written(tmp_path, GOOD))
    for text, same in (
        (GOOD.replace("about: BM25", "about: khác"), True),
        (GOOD.replace("1.2", "1.3"), False),
    ):
        path = tmp_path / "rank" / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        assert (load_experiment(path).hash == first.hash) is same
