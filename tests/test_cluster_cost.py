"""The bench of sizes: every figure is there, and generated passages are made of real lines."""

import random

import pytest
from conftest import ROOT

from pilot import progress
from pilot.bench.scale import curve, generated
from pilot.records import Passage


def test_every_cost_is_measured_beyond_the_corpus_too() -> None:
    found = list(curve(ROOT / "data" / "sample", [120, 500]))
    assert [row.name for row in found] == ["120 passages", "500 passages"]
    expected = {
        "words",
        "segmentation_s",
        "index_s",
        "index_mb",
        "query_ms_p50",
        "query_ms_p95",
        "training_s",
        "scoring_s",
        "peak_mb",
    }
    assert all(set(row.figures) == expected for row in found)
    assert found[1].figures["words"] > 3 * found[0].figures["words"]
    assert found[1].figures["peak_mb"] >= found[0].figures["peak_mb"] > found[0].figures["index_mb"]


def test_generated_passages_have_real_sentences_and_real_lengths() -> None:
    one = Passage("a", "article", "Một", "Thuê nhà. Trả tiền;\nGiao nhà")
    other = Passage("b", "article", "Hai", "Ly hôn: tòa xử.")
    made = list(generated([one, other], 200, random.Random(0)))
    assert len({passage.passage_id for passage in made}) == 200
    assert {passage.title for passage in made} == {"Một", "Hai"}
    words = ["Thuê nhà.", "Trả tiền;", "Giao nhà", "Ly hôn:", "tòa xử."]
    counts = [sum(passage.text.count(piece) for piece in words) for passage in made]
    assert set(counts) == {2, 3}
    assert all(set(passage.text.split()) <= set(" ".join(words).split()) for passage in made)


@pytest.mark.parametrize(("slow", "told"), [(0.001, True), (3600.0, False)])
def test_what_takes_long_is_told_on_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, slow: float, told: bool
) -> None:
    for name in ("AFTER", "EVERY"):
        monkeypatch.setattr(progress, name, slow)
    list(curve(ROOT / "data" / "sample", [120]))
    said = capsys.readouterr()
    assert ("pilot: 120 passages: index, " in said.err) == told
    assert not said.out
