"""Every figure of a report made again from the parquet files of its run, by another way where there is one."""

import re

import numpy as np
import pandas as pd

from pilot import track
from pilot.decide.evidence import Scored
from pilot.evaluate import evaluate
from pilot.evaluate.abstention import choose_threshold
from pilot.evaluate.rows import subset
from pilot.taxonomy import taxonomy


def remade(what: str, one: track.Run) -> tuple[float, int] | None:  # noqa: C901, PLR0911
    """Make a figure from the parquet files, by another way than the report's where there is one."""
    frames = track.frames(one.run_id)
    groups = frames["questions"].set_index("question_id")["group"]
    gold, predictions = frames["gold"], frames["predictions"]
    ids = sorted(gold["question_id"].unique())

    def value(measure: str, predicted: pd.DataFrame, among: list[str]) -> tuple[float, int]:
        kept, shown = (frame[frame["question_id"].isin(among)] for frame in (gold, predicted))
        found = evaluate(one.task, shown, kept, groups, [measure], resamples=10).metrics[measure]
        return found.value, found.n

    if match := re.fullmatch(r"(\S+) vs (\w+)", what):
        other = track.frames(match[2])["predictions"]
        return value(match[1], predictions, ids)[0] - value(match[1], other, ids)[0], len(ids)
    if match := re.fullmatch(r"(\S+) \| (\w+)=(.+)", what):
        attributes = Scored(one, frames).attributes.set_index("question_id")[match[2]].fillna("không rõ")
        return value(match[1], predictions, [i for i in ids if str(attributes[i]) == match[3]])
    if match := re.fullmatch(r"(\S+) (under|lost to) (\w+)", what):
        typed = frames["perturbed"].query("perturbation == @match[3]")
        asked = sorted(frames["asked"]["question_id"].unique())
        before, after = value(match[1], predictions, asked)[0], value(match[1], typed, asked)[0]
        return (after if match[2] == "under" else before - after), len(asked)
    if what.startswith("first result") or what == "Stale@1":
        first = frames["returned"].query("rank == 1")["validity"]
        state = "hết hiệu lực" if what == "Stale@1" else what.removeprefix("first result ")
        return float((first == state).mean()), len(ids)
    if what == "answerable":
        return gold.query("relevance >= 2")["question_id"].nunique() / len(ids), len(ids)
    if what.startswith("error: "):
        return share_of_errors(what, frames, ids), len(ids)
    if what.endswith("threshold chosen beforehand"):
        return halved(what, Scored(one, frames))
    if what == "expert right":
        cast = frames["votes"].merge(gold, on="question_id", suffixes=("", "_gold"))
        return float((cast["label"] == cast["label_gold"]).mean()), len(cast)
    if what.startswith("alpha"):
        return None
    return value(what, predictions, ids)


def share_of_errors(what: str, frames: dict[str, pd.DataFrame], ids: list[str]) -> float:
    gold = frames["gold"]
    top = frames["predictions"].query("rank == 1").set_index("question_id")
    if "label" in gold:
        topics = taxonomy().topics
        pairs = list(
            zip(gold.set_index("question_id")["label"].reindex(ids), top["label"].reindex(ids), strict=True)
        )
        wrong = np.array([a != b for a, b in pairs])
        same = np.array([topics[a].body == topics[b].body for a, b in pairs])
        if "vẫn đúng cơ quan" in what:
            return float((wrong & same).mean())
        return float((wrong & ~same).mean()) if "sai cơ quan" in what else 0.0
    joined = frames["predictions"].merge(gold[gold["relevance"] >= 1], on=["question_id", "passage_id"])
    best = joined.groupby("question_id")["rank"].min().reindex(ids).fillna(np.inf)
    if "không đứng đầu" in what:
        return float(((best > 1) & (best <= 10)).mean())
    if "không có kết quả đúng" in what:
        return float((best > 10).mean())
    return float((frames["returned"].query("rank == 1")["validity"] == "hết hiệu lực").mean())


def halved(what: str, one: Scored) -> tuple[float, int]:
    """Choose on one half as the report does, count on the other by hand."""
    rows = one.system.rows
    half = np.random.default_rng(one.run.seed).permutation(int(rows.groups.max()) + 1) % 2 == 0
    threshold = choose_threshold(subset(rows, half[rows.groups]), 0.05).value
    other = ~half[rows.groups]
    answered = other & (rows.confidence >= threshold)
    if what.startswith("coverage"):
        return answered.sum() / other.sum(), int(other.sum())
    return float((rows.predicted != rows.gold)[answered].mean()), int(answered.sum())
