"""From votes to files: a dataset folder of what experts and adjudicators say, the same bytes each time.

A release holds one version of the label set, and the questions that as many experts as wanted have answered: with the
grades of every rater, and where a question is settled (see `pilot.label.votes`) the main field and the grades of the
rater ``adjudicated``. Questions not settled yet stay in, without a field: left out, they would take the hard
questions with them. Experts appear under pseudonyms. What anybody flagged as holding personal data is left out;
texts are redacted once more.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from pilot.experiment.frames import VOTES
from pilot.label import votes
from pilot.label.changes import changes
from pilot.label.content import GUIDELINE, guideline_version
from pilot.label.store import Store
from pilot.label.tables import passages
from pilot.label.votes import Item
from pilot.quality import redact
from pilot.quality.facts import facts
from pilot.quality.facts_page import PAGE, facts_page
from pilot.quality.prepare import without_personal_data
from pilot.records import ADJUDICATED, Document, InputError, Judgment, Passage, Question, parse_rows
from pilot.sources import Dataset, write_folder
from pilot.sources.imported import Account

NAME = "nhan-chuyen-gia"
MANIFEST, GUIDE = "release.json", "guideline.html"
Frozen = Mapping[str, Mapping[str, Any]]


class Release(NamedTuple):
    """What was written: the dataset, and how many of its questions are settled."""

    dataset: Dataset
    settled: int
    facts: dict[str, Any]


def export(store: Store, out: Path, since: Path | None = None, label_set: str | None = None) -> Release:
    """Write a release to ``out`` and return it.

    Parameters
    ----------
    store
        Where the votes are.
    out
        Dataset folder; an older release there is replaced as a whole.
    since
        An earlier release; the new one says what changed.
    label_set
        Version; None for the newest.

    Raises
    ------
    InputError
        If no question is answered by all its experts yet, or ``out`` holds something that is no dataset.
    """
    with store.reading() as connection:
        version = label_set or votes.newest_label_set(connection)
        items = votes.load(connection, version)
        kept = [item for item in items if item.whole and not item.personal]
        if not kept:
            raise InputError(
                f"label set {version}: no question has answers of all its experts yet; `pilot label agreement` shows "
                "how far they are"
            )
        marks = (mark for item in items for vote in item.votes for mark in vote.content)
        marked = {mark.partition(":")[2] for mark in marks if mark.startswith("privacy:")}
        frozen = _frozen(connection, marked)
    data = without_personal_data(_dataset(out, kept, frozen), Account())
    rows = _votes(kept, frozen)
    lines = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
    licences = {item.task["from"]["licence"] for item in kept if "from" in item.task} - {None}
    head = {"license": licences.pop()} if len(licences) == 1 else {}
    settled = sum(item.gold is not None for item in kept)
    sheet = facts(data) | {"licence": head.get("license")}
    manifest = {
        "name": NAME, "fingerprint": data.fingerprint, "votes_sha256": hashlib.sha256(lines.encode()).hexdigest(),
        "label_set": version, "guideline": guideline_version(),
        "guidelines_of_answers": sorted({vote.guideline or "?" for item in kept for vote in item.votes}),
        "questions": len(kept), "settled": settled, "decided": sum(item.decision is not None for item in kept),
        "left_out": {
            "questions with personal data": sum(item.personal for item in items),
            "passages with personal data": len(marked),
            "questions begun but not answered by all experts": sum(not item.whole for item in items),
        },
        "from": sorted({item.task["from"]["name"] for item in kept if "from" in item.task}),
        "changes": changes(Dataset.load(since), data) if since else None,
    }  # fmt: skip
    extra = {
        VOTES: lines, MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
        PAGE: facts_page(sheet), GUIDE: GUIDELINE.read_text(encoding="utf-8"),
    }  # fmt: skip
    write_folder(data, out, _about(manifest), {**head, "label_set": version}, extra)
    return Release(data, settled, sheet)


def _about(manifest: Mapping[str, Any]) -> str:
    out = "\n".join(f"* {what}: {count}" for what, count in manifest["left_out"].items())
    changed = manifest["changes"]
    news = "" if changed is None else "\n\n## Changed since the release before\n\n" + (
        "\n".join(f"* {what}: {count}" for what, count in changed.items())
    )  # fmt: skip
    return (
        f"# {manifest['name']}\n\nLabels of legal experts. {manifest['settled']} of {manifest['questions']} questions "
        f"are settled: {manifest['decided']} by an adjudicator's decision, the others because at least two experts "
        "agree (same main field, no two grades of a passage two or more apart; of neighbouring grades the lower "
        "stands). Questions not settled have no field.\n\n"
        f"`{VOTES}`: what each expert and adjudicator said. `{MANIFEST}`: hashes, versions of label set and guideline. "
        f"`{GUIDE}`: the guideline. `{PAGE}`: the datasheet.\n\nLeft out:\n\n{out}{news}\n"
    )


def _frozen(connection: Connection, marked: set[str]) -> dict[str, dict[str, Any]]:
    """Return passage key -> row of every wording; None of what is flagged as personal data."""
    rows = connection.execute(select(passages).order_by(passages.c.current, passages.c.passage_key))
    private, found = set(), {}
    for row in rows:
        found[row.passage_key] = {**row.content, "current": row.current}
        private |= {row.passage_id} if row.passage_key in marked else set()
    return {key: row for key, row in found.items() if row["passage_id"] not in private}


def _dataset(out: Path, kept: Sequence[Item], frozen: Frozen) -> Dataset:
    # Of several wordings of a passage the current one is kept; grades given to another text do not count for it.
    wording = {row["passage_id"]: row for row in frozen.values()}
    documents = {
        row["document"]["document_id"]: row["document"] for row in wording.values() if row["document"]
    }
    bare = [
        {name: value for name, value in wording[id_].items() if name not in ("document", "current")}
        for id_ in sorted(wording)
    ]
    judgments = {
        (row["question_id"], row["passage_id"], row["rater"]): row
        for item in kept
        for row in _judgments(item, frozen, wording)
    }
    return Dataset(
        NAME, out,
        documents=tuple(_records(Document, [documents[id_] for id_ in sorted(documents)])),
        passages=tuple(_records(Passage, bare)),
        questions=tuple(_records(Question, [_question(item) for item in kept])),
        judgments=tuple(_records(Judgment, [judgments[key] for key in sorted(judgments)])),
        illustrative=any(item.task.get("from", {}).get("illustrative") for item in kept),
        settled=all(item.gold for item in kept),
    )  # fmt: skip


def _judgments(item: Item, frozen: Frozen, wording: Frozen) -> Iterable[dict[str, Any]]:
    """Yield the grades of every expert, and of the rater ``adjudicated`` where the question is settled."""
    for key in item.keys:
        if key not in frozen or frozen[key]["text"] != wording[frozen[key]["passage_id"]]["text"]:
            continue
        common = {"question_id": item.question_id, "passage_id": frozen[key]["passage_id"]}
        stale = {vote.rater: bool(vote.content.get(f"stale:{key}")) for vote in item.votes}
        for vote in item.votes:
            if (grade := vote.content.get(f"grade:{key}")) is not None:
                yield {**common, "relevance": grade, "rater": vote.rater, "stale": stale[vote.rater]}
        if item.gold:
            settled = {"relevance": item.gold.grades[key], "rater": ADJUDICATED, "stale": any(stale.values())}
            yield {**common, **settled}


def _question(item: Item) -> dict[str, Any]:
    """Return the question with what stands; unsettled, with the main field of its only expert, or none."""
    alone = [vote.content["main"] for vote in item.votes] if item.wanted == 1 and not item.flags else []
    return {**item.task["question"], "fields": list(item.gold.fields if item.gold else alone)}


def _votes(kept: Sequence[Item], frozen: Frozen) -> Iterable[dict[str, Any]]:
    for item in kept:
        common = {"question_id": item.question_id, "label_set": item.label_set, "in_slice": item.in_slice}
        for vote in item.votes:
            yield {
                **common, **_plain(vote.content, frozen), "rater": vote.rater, "revision": vote.revision,
                "seconds": vote.seconds, "hints_shown": vote.hints, "drawn": vote.drawn, "guideline": vote.guideline,
            }  # fmt: skip
        if item.decision:
            reason = redact(item.decision["content"]["reason"])[0]
            yield {
                **common, **_plain(item.decision["content"], frozen), "rater": ADJUDICATED, "reason": reason,
                "revision": item.decision["revision"], "because": sorted(item.flags) or ["experts differ"],
            }  # fmt: skip


def _plain(content: Mapping[str, Any], frozen: Frozen) -> dict[str, Any]:
    """Return an answer with ids of passages for keys, its note redacted."""
    of: dict[str, dict[str, Any]] = {"grade": {}, "stale": {}, "added": {}}
    for mark, value in sorted(content.items()):
        kind, _, key = mark.partition(":")
        if kind in of and key in frozen:
            of[kind][frozen[key]["passage_id"]] = value
    note = redact(content["note"])[0] if content.get("note") else None
    return {
        "grades": of["grade"], "stale": sorted(of["stale"]), "added": sorted(of["added"]), "note": note,
        **{name: content.get(name) for name in ("main", "second", "none_right")},
    }  # fmt: skip


def _records(kind: Any, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    faults: list[str] = []
    records = parse_rows(kind, [(f"label store, {kind.__name__}", row) for row in rows], faults)
    if faults:
        raise InputError(*faults)
    return records
