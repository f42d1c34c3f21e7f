"""Labels nobody gave by hand: an article's topic, and the topic of the article that a question's answer cites."""

import dataclasses
from typing import TYPE_CHECKING

from pilot.classify.labels import Translation
from pilot.records import Question

if TYPE_CHECKING:
    from pilot.sources import Dataset


def taught_by_passages(dataset: "Dataset", labels: Translation) -> list[Question]:
    """Return what can be learnt from a dataset whose questions bear no field.

    Its labelled passages that are not kept for testing, asked as questions; and the questions of its train split
    with the fields of the first passage that they cite.
    """
    passages = [
        passage for passage in dataset.passages if passage.fields and passage.split in (None, "train")
    ]
    asked = {passage.passage_id: labels.passage(passage) for passage in passages}
    fields = {}
    for passage in reversed(passages):
        told = asked[passage.passage_id].fields
        fields[passage.document_id, None] = fields[passage.document_id, passage.article] = told
    cited = []
    for question in dataset.questions:
        places = [(citation.document_id, citation.article) for citation in question.citations]
        found = next((fields[place] for place in places if place in fields), ())
        if found and not question.fields and question.split == "train":
            cited.append(dataclasses.replace(question, fields=found))
    return [dataclasses.replace(question, split="train") for question in asked.values()] + cited
