"""Accepted results: one small committed record per run, and the tables made from all of them."""

import dataclasses
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from pilot import project
from pilot.evaluate import Estimate
from pilot.records import InputError
from pilot.track import Run

FOLDER = Path("experiments") / "results"
TABLE = Path("experiments") / "RESULTS.md"
BEGIN, END = "<!-- results: written by `make results` -->", "<!-- results: end -->"
LEADING = {
    "classify": ("macro-F1", "Accuracy", "ECE", "Coverage@risk=0.05"),
    "rank": ("nDCG@10", "MRR@10", "R@10", "F2"),
}
"""Task -> measures of the tables."""
DEVELOPMENT = "(dev)"
WHY = "A development figure: the experiment was given its form while being scored on this dataset."


@dataclasses.dataclass(frozen=True)
class Record:
    """What is kept of an accepted run."""

    experiment: str
    task: str
    dataset: str
    supervision: str
    run_id: str
    commit: str
    data: str
    config_hash: str
    seed: int
    illustrative: bool
    seconds: float
    metrics: dict[str, Estimate]
    development: bool = False

    @property
    def learnt(self) -> str:
        """Return what it learnt from, without fingerprints."""
        return self.supervision.split(":")[0]

    def cells(self, measures: Iterable[str]) -> list[str]:
        """Return its figures as cells of a Markdown table, the number of questions last."""
        found = [self.metrics.get(measure) for measure in measures]
        shown = [f"{e.value:.3f} [{e.low:.3f}, {e.high:.3f}]" if e else "–" for e in found]
        return [*shown, str(next(iter(self.metrics.values())).n)]

    @property
    def file(self) -> str:
        """Return the name of the record's file: one per experiment, dataset and way of learning."""
        way = self.supervision.replace(":", "-").replace(",", "-")
        return re.sub(r"[^\w.-]", "-", f"{self.experiment}--{self.dataset}--{way}.json")


def accept(runs: Sequence[Run]) -> list[Path]:
    """Write a record for each run, replacing an older one of the same experiment, dataset and way of learning.

    Raises
    ------
    InputError
        If a run is a draft, a trial, or has alarms against it; nothing is written then.
    """
    faults = [f"{run.run_id[:8]} ({run.experiment}) {fault}" for run in runs for fault in _faults(run)]
    if faults:
        raise InputError(*faults)
    folder = project.root() / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    fields = [field.name for field in dataclasses.fields(Record)]
    paths = []
    for run in runs:
        record = Record(**{name: getattr(run, name) for name in fields})
        paths.append(folder / record.file)
        text = json.dumps(dataclasses.asdict(record), ensure_ascii=False, indent=1, sort_keys=True)
        project.write_whole(paths[-1], text + "\n")
    return paths


def _faults(run: Run) -> Iterable[str]:
    if run.draft:
        yield "is a draft: commit everything and run it again"
    if run.suite == "smoke":
        yield "belongs to the smoke suite, which is never reported"
    if run.alarms:
        yield f"has an alarm: {run.alarms[0]}"


def read_records() -> list[Record]:
    """Return all records, by task, dataset and leading measure.

    Raises
    ------
    InputError
        If a record cannot be read.
    """
    records = []
    for path in sorted((project.root() / FOLDER).glob("*.json")):
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            metrics = {name: Estimate(**found) for name, found in raw.pop("metrics").items()}
            records.append(Record(**raw, metrics=metrics))
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(
                f"{path}: no record of a run ({error}); restore it with git, or accept the run again"
            ) from None
    return sorted(records, key=lambda r: (r.task, r.dataset, _leading(r)))


def by_dataset(records: Iterable[Record]) -> dict[tuple[str, str], list[Record]]:
    """Return (task, dataset) -> its records, in the order of the records."""
    found: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        found.setdefault((record.task, record.dataset), []).append(record)
    return found


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


def write_tables() -> list[Path]:
    """Write ``experiments/RESULTS.md`` and the README's table from the records; return what was written."""
    records = read_records()
    parts = [
        f"# Accepted results\n\nMade from `{FOLDER}/*.json` by `make results`; 95 % intervals in brackets.\n"
    ]
    for (task, dataset), shown in by_dataset(records).items():
        note = " (illustrative, never evidence)" if shown[0].illustrative else ""
        parts.append(f"## {task} on {dataset}{note}\n\n{_table(shown, detailed=True)}")
    root = project.root()
    project.write_whole(root / TABLE, "\n".join(parts))
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise InputError(f"{readme}: no lines {BEGIN} and {END}; put them where the table belongs")
    before, rest = text.split(BEGIN, 1)
    best = [r for r in records if r.experiment.split("/")[1] in ("default", "bm25", "tfidf_svm")]
    table = "\n".join(_table([r for r in best if r.task == task], detailed=False) for task in LEADING)
    project.write_whole(readme, f"{before}{BEGIN}\n{table}{END}{rest.split(END, 1)[1]}")
    return [root / TABLE, readme]


def _leading(record: Record) -> float:
    found = record.metrics.get(LEADING[record.task][0])
    return found.value if found else 0.0


def _table(records: Sequence[Record], detailed: bool) -> str:
    """Return a Markdown table, empty if there are no records."""
    if not records:
        return ""
    measures = [m for m in LEADING[records[0].task] if any(m in record.metrics for record in records)]
    head = ["experiment", *([] if detailed else ["dataset"]), "learnt from", *measures, "n"]
    head += ["run", "commit"] if detailed else []
    rows = []
    for record in records:
        place = [] if detailed else [record.dataset]
        trace = [record.run_id[:8], record.commit[:8]] if detailed else []
        shown = f"{record.experiment} {DEVELOPMENT}" if record.development else record.experiment
        rows.append([shown, *place, record.learnt, *record.cells(measures), *trace])
    note = f"\n{DEVELOPMENT} {WHY}\n" if any(record.development for record in records) else ""
    return markdown_table(head, rows) + note
