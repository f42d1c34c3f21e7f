"""What differs between two releases, in counts."""

from pilot.records import ADJUDICATED
from pilot.sources import Dataset


def changes(old: Dataset, new: Dataset) -> dict[str, int]:
    """Return how many questions, fields and settled grades are new, gone or other than before."""
    before, after = ({q.question_id: q for q in data.questions} for data in (old, new))
    both = before.keys() & after.keys()
    grades_before, grades_after = (
        {(j.question_id, j.passage_id): j.relevance for j in data.judgments if j.rater == ADJUDICATED}
        for data in (old, new)
    )
    graded = grades_before.keys() & grades_after.keys()
    return {
        "questions added": len(after.keys() - before.keys()),
        "questions gone": len(before.keys() - after.keys()),
        "questions whose text is other": sum(before[id_].text != after[id_].text for id_ in both),
        "questions settled since": sum(not before[id_].fields and bool(after[id_].fields) for id_ in both),
        "questions whose fields are other": sum(
            bool(before[id_].fields) and before[id_].fields != after[id_].fields for id_ in both
        ),
        "grades added": len(grades_after.keys() - grades_before.keys()),
        "grades gone": len(grades_before.keys() - grades_after.keys()),
        "grades that are other": sum(grades_before[pair] != grades_after[pair] for pair in graded),
        "passages added or other": len(set(new.passages) - set(old.passages)),
    }
