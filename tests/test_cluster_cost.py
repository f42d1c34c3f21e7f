"""The bench of sizes: every figure is there, and generated passages are made of real lines."""

import random

from conftest import ROOT

from pilot import Dataset
from pilot.bench.scale import curve, generated


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
    }
    assert all(set(row.figures) == expected for row in found)
    assert found[1].figures["words"] > 3 * found[0].figures["words"]


def test_generated_passages_have_real_lines() -> None:
    passages = Dataset.load(ROOT / "data" / "sample").passages[:5]
    lines = {line for passage in passages for line in passage.text.split("\n")}
    made = list(generated(passages, 7, random.Random(0)))
    assert len({passage.passage_id for passage in made}) == 7
    assert all(set(passage.text.split("\n")) <= lines for passage in made)
