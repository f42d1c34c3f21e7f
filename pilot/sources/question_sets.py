"""Published sets of questions: ALQAC 2025, traffic law, a forum on enterprises, statements on articles of law."""

import csv
import json
import re
from collections.abc import Container, Iterable
from pathlib import Path

from pilot.records import Citation, InputError, Judgment, Passage, Question
from pilot.sources.dataset import Dataset
from pilot.sources.imported import Account, Imported
from pilot.sources.labelled import labels_of
from pilot.sources.phapdien import ARTICLES, articles_of, day
from pilot.sources.rows import packed_lines, read_json
from pilot.text import normalise

ENTERPRISES = "59/2020/QH14"
"""Luật Doanh nghiệp, whose articles the forum questions are judged against."""
STATEMENTS = ("dev.csv.gz", "test.csv.gz")


def read_alqac(source: Path, passages: Path | None = None) -> Imported:
    """Read ALQAC: passages titled by their law; the field of law follows from the gold article's law."""
    laws, asked = read_json(source / "law.json"), read_json(source / "questions.json")
    topics = read_json(source / "law_to_chu_de.json", missing={})
    account, taken = Account(), dict[str, int]()
    found = []
    for law in laws:
        for article in law["articles"]:
            name, number = normalise(law["id"]), normalise(article["id"])
            passage_id = account.unique(f"{name} {number}", f"{name}|{number}", taken)
            text = normalise(article["text"])
            found.append(
                Passage(passage_id, "article", name, text, article=number, fields=_topic(topics, name))
            )
    questions, judgments = [], []
    for row in asked:
        gold = [(normalise(a["law_id"]), normalise(a["article_id"])) for a in row["relevant_articles"]]
        question = Question(
            question_id=row["question_id"], text=normalise(row["text"]), source="alqac", split="test",
            fields=_topic(topics, gold[0][0]) if gold else (), answer=normalise(str(row.get("answer") or "")) or None,
            citations=tuple(Citation(*pair) for pair in gold),
        )  # fmt: skip
        questions.append(question)
        judgments += _judged(question, (f"{law}|{number}" for law, number in gold), taken, account)
    return _imported("alqac", source, found, questions, judgments, account)


def read_traffic(source: Path, passages: Path | None = None) -> Imported:
    """Read the traffic-law set; links of its passages are not taken over."""
    account, taken = Account(), dict[str, int]()
    found = []
    for row in map(json.loads, packed_lines(source / "chunks.jsonl.gz")):
        about = row["metadata"]
        number = re.search(r"\S+$", normalise(about.get("source") or ""))
        found.append(Passage(
            passage_id=account.unique(row["id"], normalise(row["id"]), taken), kind="article", title="",
            text=normalise(row["text"]), document_id=number[0].replace("_", "/") if number else None,
            article=about.get("context", {}).get("dieu"), effective_from=day(about.get("effective_date")),
        ))  # fmt: skip
    questions, judgments = [], []
    for row in read_json(source / "questions.json"):
        question = Question(row["query_id"], normalise(row["query"]), "traffic", "test")
        questions.append(question)
        judgments += _judged(question, map(normalise, row["relevant_chunk_ids"]), taken, account)
    return _imported("traffic", source, found, questions, judgments, account)


def read_enterprise(source: Path, passages: Path | None = None) -> Imported:
    """Read the forum questions, judged against the articles of Luật Doanh nghiệp in the codification.

    Parameters
    ----------
    source
        The set's folder.
    passages
        Folder of the codification, raw or imported; by default ``phapdien`` beside ``source``.

    Raises
    ------
    InputError
        If the codification is not there or lacks the law.
    """
    home = passages or source.resolve().parent / "phapdien"
    if (home / ARTICLES).is_file():
        articles = articles_of(home, ENTERPRISES)
    elif (home / "passages.jsonl").is_file():
        articles = [passage for passage in Dataset.load(home).passages if passage.document_id == ENTERPRISES]
    else:
        raise InputError(
            f"{home}: no codification there; give --passages with the folder that holds {ARTICLES}"
        )
    account = Account()
    kept: dict[str, Passage] = {}
    for passage in articles:
        if passage.article:
            kept.setdefault(passage.article, passage)
    if not kept:
        raise InputError(f"{home}: holds no article of {ENTERPRISES}, to which the gold refers")
    by_id = {passage.passage_id for passage in kept.values()}
    questions, judgments = [], []
    for row in read_json(source / "questions.json"):
        articles_named = [str(number) for number in row["expected"]]
        question = Question(
            question_id=f"enterprise-{row['stt']}", text=normalise(row["question"]), source="enterprise", split="test",
            fields=("12",), channel="diễn đàn",
            citations=tuple(Citation(ENTERPRISES, number) for number in articles_named),
        )  # fmt: skip
        questions.append(question)
        gold = (kept[number].passage_id if number in kept else number for number in articles_named)
        judgments += _judged(question, gold, by_id, account)
    return _imported("enterprise", source, kept.values(), questions, judgments, account)


def read_vilegalnli(source: Path, passages: Path | None = None) -> Imported:
    """Read statements as questions, grouped by law and labelled with the 27 fields of a large public legal site.

    The articles they speak of become passages. The field was given per law, so a law never straddles parts. Rows
    without statement or field are left out.
    """
    account, taken = Account(), dict[str, int]()
    questions: list[Question] = []
    premises: dict[str, Passage] = {}
    for name in STATEMENTS:
        for number, row in enumerate(csv.DictReader(packed_lines(source / name)), 1):
            where = f"{name.partition('.')[0]}-{number}"
            text, premise = normalise(row["Hypothesis"] or ""), normalise(row["Premise"] or "")
            fields = tuple(map(normalise, labels_of(row["Field of Law"])))
            law, article, clause = (_number(row[column]) for column in ("Law ID", "Article", "Clause"))
            if not text or not fields or not law:
                account.note(where, "dropped: no statement" if not text else "dropped: no field")
                continue
            cited = (Citation(law, article, clause),)
            questions.append(
                Question(where, text, "vilegalnli", "test", fields, citations=cited, group_id=law)
            )
            if premise and premise not in premises:
                passage_id = account.unique(where, "|".join(filter(None, (law, article, clause))), taken)
                title = normalise(f"Luật {(row['Law Name'] or '').lower()}")
                premises[premise] = Passage(
                    passage_id, "article", title, premise, law, article, clause, fields=fields
                )
    return _imported("vilegalnli", source, premises.values(), questions, (), account)


def _imported(
    name: str,
    source: Path,
    passages: Iterable[Passage],
    questions: Iterable[Question],
    judgments: Iterable[Judgment],
    account: Account,
) -> Imported:
    data = Dataset(name, source).replaced(passages=passages, questions=questions, judgments=judgments)
    return Imported(data, account)


def _topic(topics: dict[str, str], law: str) -> tuple[str, ...]:
    return (topics[law].zfill(2),) if law in topics else ()


def _number(text: str | None) -> str | None:
    """Return ``3`` for ``3.0``; other texts as they are."""
    return normalise(text or "").removesuffix(".0") or None


def _judged(
    question: Question, gold: Iterable[str], known: Container[str], account: Account
) -> list[Judgment]:
    """Return one judgment per gold passage there is; the others are noted and dropped."""
    judgments = []
    for passage_id in dict.fromkeys(gold):
        if passage_id in known:
            judgments.append(Judgment(question.question_id, passage_id, 1, "gold"))
        else:
            account.note(question.question_id, "judgment dropped: its passage is not in the set")
    return judgments
