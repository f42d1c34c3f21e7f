"""Question sets with gold articles: ALQAC 2025, traffic law, forum questions on the Law on Enterprises."""

import gzip
import json
import re
from collections.abc import Container, Iterable
from pathlib import Path
from typing import Any

from pilot.records import Citation, InputError, Judgment, Passage, Question
from pilot.sources.dataset import Dataset
from pilot.sources.imported import Account, Imported
from pilot.sources.phapdien import ARTICLES, articles_of, day
from pilot.text import normalise

ENTERPRISES = "59/2020/QH14"
"""Luật Doanh nghiệp, whose articles the forum questions are judged against."""


def read_alqac(source: Path, passages: Path | None = None) -> Imported:
    """Read ALQAC: passages titled by their law; the field of law follows from the gold article's law."""
    laws, asked = _json(source / "law.json"), _json(source / "questions.json")
    topics = _json(source / "law_to_chu_de.json") if (source / "law_to_chu_de.json").is_file() else {}
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
    return Imported(Dataset("alqac", source, (), tuple(found), tuple(questions), tuple(judgments)), account)


def read_traffic(source: Path, passages: Path | None = None) -> Imported:
    """Read the traffic-law set; links of its passages are not taken over."""
    account, taken = Account(), dict[str, int]()
    found = []
    with _open(source / "chunks.jsonl.gz") as file:
        for line in file:
            row = json.loads(line)
            about = row["metadata"]
            number = re.search(r"\S+$", normalise(about.get("source") or ""))
            found.append(Passage(
                passage_id=account.unique(row["id"], normalise(row["id"]), taken), kind="article", title="",
                text=normalise(row["text"]), document_id=number[0].replace("_", "/") if number else None,
                article=about.get("context", {}).get("dieu"), effective_from=day(about.get("effective_date")),
            ))  # fmt: skip
    questions, judgments = [], []
    for row in _json(source / "questions.json"):
        question = Question(row["query_id"], normalise(row["query"]), "traffic", "test")
        questions.append(question)
        judgments += _judged(question, map(normalise, row["relevant_chunk_ids"]), taken, account)
    return Imported(Dataset("traffic", source, (), tuple(found), tuple(questions), tuple(judgments)), account)


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
    for row in _json(source / "questions.json"):
        articles_named = [str(number) for number in row["expected"]]
        question = Question(
            question_id=f"enterprise-{row['stt']}", text=normalise(row["question"]), source="enterprise", split="test",
            fields=("12",), channel="diễn đàn",
            citations=tuple(Citation(ENTERPRISES, number) for number in articles_named),
        )  # fmt: skip
        questions.append(question)
        gold = (kept[number].passage_id if number in kept else number for number in articles_named)
        judgments += _judged(question, gold, by_id, account)
    return Imported(
        Dataset("enterprise", source, (), tuple(kept.values()), tuple(questions), tuple(judgments)), account
    )


def _topic(topics: dict[str, str], law: str) -> tuple[str, ...]:
    return (topics[law].zfill(2),) if law in topics else ()


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


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise InputError(f"{path}: missing; name the folder of the set as SOURCE") from None
    except ValueError as error:
        raise InputError(f"{path}: not valid JSON in UTF-8 ({error}); fetch it again") from None


def _open(path: Path) -> Any:
    if not path.is_file():
        raise InputError(f"{path}: missing; name the folder of the set as SOURCE")
    return gzip.open(path, "rt", encoding="utf-8")
