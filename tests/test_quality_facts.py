"""The datasheet's figures on rows small enough to count, its page, and sources fetched from a local copy."""

import json
from pathlib import Path

import pytest
from conftest import LEASE, TINY, write_dataset

from pilot import Dataset, track
from pilot.quality.facts import facts
from pilot.quality.facts_page import facts_page, facts_plots
from pilot.records import InputError
from pilot.sources.fetch import fetch, sources


def test_figures_counted_by_hand(tiny: Path) -> None:
    found = facts(Dataset.load(tiny))
    assert found["rows"] == {"documents": 1, "passages": 3, "questions": 8, "judgments": 3}
    assert found["splits"] == {"train": 4, "dev": 2, "test": 2}
    assert found["labels"]["train"] == {"09": 2, "20": 2}
    assert found["lengths"]["questions"] == {"min": 6, "median": 6, "p90": 9, "max": 9}
    assert found["lengths"]["answers"] is None
    assert found["dates"]["asked_on"] == {"first": None, "last": None, "missing": 8, "by_year": {}}
    assert found["judgments_by_grade"] == {"3": 2, "0": 1}
    assert (found["leaks"], found["faults"], found["citing"], found["licence"]) == (0, 0, 0.0, None)


def test_leaks_copies_and_citations_are_counted(tmp_path: Path) -> None:
    law = {**TINY["questions"][0], "question_id": "law", "text": "Điều 472 Bộ luật Dân sự 2015 nói gì?"}
    copy = {**TINY["questions"][6], "question_id": "copy", "split": "train", "text": LEASE.upper()}
    tables = {**TINY, "questions": [*TINY["questions"], copy, law]}
    found = facts(Dataset.load(write_dataset(tmp_path / "x", tables)))
    assert found["leaks"] == 2
    assert found["duplicates"] == {"questions": 1, "near_pairs_of_questions": 1, "passages": 0}
    assert found["citing"] == 0.1
    assert found["faults"] == 1


def test_page_says_what_is_wrong_and_holds_no_question(tmp_path: Path, tiny: Path) -> None:
    found = facts(Dataset.load(tiny))
    page = facts_page(found)
    assert page.count("data:image/png;base64,") == len(facts_plots(found)) == 2
    assert "lọt sang phần khác" in page
    assert 'class="warning"' not in page
    assert not [q for q in TINY["questions"] if q["text"] in page or q["text"] in json.dumps(found)]
    assert "kết quả đo trên dữ liệu này không dùng được" in facts_page({**found, "leaks": 2})
    assert "&lt;script&gt;" in facts_page({**found, "sources": {"<script>": 1}})


def test_datasheet_goes_to_mlflow_once_per_state_of_the_data(state: Path, tmp_path: Path, tiny: Path) -> None:
    import mlflow

    found = facts(Dataset.load(tiny))
    (tmp_path / "page").mkdir()
    for _ in range(2):
        track.log_datasheet(found, tmp_path / "page")
    runs = mlflow.search_runs(experiment_names=["bang-du-lieu"], output_format="list")
    (run,) = (run for run in runs if run.data.tags["data"] == found["fingerprint"])
    assert run.data.metrics["questions"] == 8
    (given,) = (each.dataset for each in run.inputs.dataset_inputs)
    assert (given.name, given.digest) == ("tiny", found["fingerprint"][:32])


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose only source is a local copy of a repository with BEIR's tables."""
    copy = tmp_path / "copy"
    copy.mkdir()
    tables = {
        "corpus": [{"_id": "a", "title": "", "text": "điều  một"}, {"_id": "b", "title": "B", "text": "hai"}],
        "queries": [{"_id": "1", "text": "hỏi"}],
        "qrels": [{"query-id": "1", "corpus-id": "a", "score": 1}, {"query-id": "1", "corpus-id": "z", "score": 1}],
    }  # fmt: skip
    configs = "".join(f"- config_name: {n}\n  data_files: {n}.jsonl\n" for n in tables)
    (copy / "README.md").write_text(f"---\nconfigs:\n{configs}---\n", encoding="utf-8")
    for name, rows in tables.items():
        (copy / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "mlflow.yaml").touch()
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("PILOT_ROOT", str(tmp_path))
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    return copy


def declare(hub: Path, **changes: object) -> None:
    entry = {
        "about": "", "licence": "MIT", "repository": str(hub), "revision": None, "sha256": changes.get("sha256"),
        "unverified": None if changes.get("sha256") else "no copy at hand",
        "tables": {"corpus": ["corpus", "train"], "queries": ["queries", "train"], "test": ["qrels", "train"]},
        "rows": {"passages": 2}, **changes,
    }  # fmt: skip
    (hub.parent / "data" / "sources.yaml").write_text(json.dumps({"zalo": entry}), encoding="utf-8")


def test_a_source_is_fetched_and_held_against_its_entry(hub: Path) -> None:
    declare(hub)
    data, account = fetch("zalo")
    assert [p.full_text for p in data.passages] == ["điều một", "B. hai"]
    assert [(j.question_id, j.passage_id) for j in data.judgments] == [("1", "a")]
    assert list(account.changes) == [("1", "judgment dropped: its passage is not in the set")]
    declare(hub, sha256=data.fingerprint)
    assert fetch("zalo").dataset.fingerprint == data.fingerprint
    declare(hub, sha256="0" * 64, rows={"passages": 3})
    with pytest.raises(InputError) as caught:
        fetch("zalo")
    for part in (
        "2 passages; data/sources.yaml expects 3",
        f"hash to {data.fingerprint}",
        "has changed at its source",
    ):
        assert part in str(caught.value)


def test_what_cannot_be_fetched_names_the_next_step(hub: Path) -> None:
    declare(hub, repository=str(hub.parent / "nowhere"))
    with pytest.raises(
        InputError, match=r"cannot be fetched.*`pilot data get zalo` elsewhere and copy.*no copy at hand"
    ):
        fetch("zalo")
    with pytest.raises(InputError, match=r"no source .x. in .*; it lists zalo"):
        fetch("x")
    declare(hub, unverified=None)
    with pytest.raises(InputError, match="zalo: give either sha256 or, in unverified, the reason"):
        sources()
    declare(hub, colour="red")
    with pytest.raises(InputError, match="not a list of sources"):
        sources()


def test_shipped_sources_have_licences() -> None:
    assert all(source.licence for source in sources().values())
