"""The candidates of each question, pooled from several rankers and at random, their origins remembered."""

from collections.abc import Mapping, Sequence

from pilot.sources import Dataset

CANDIDATES, AT_RANDOM = 10, 2
RANKERS = ("bm25", "default")
"""Experiments below ``experiments/rank`` whose rankings are pooled, their turns alternating."""


def pool(rankings: Mapping[str, Sequence[str]], drawn: Sequence[str]) -> dict[str, list[str]]:
    """Return at most ten passage ids, each with where it came from: the rankers in turn, then at random.

    Parameters
    ----------
    rankings
        Ranker -> passage ids, best first.
    drawn
        Passage ids in random order; two places are theirs, more where the rankers leave room.
    """
    origins: dict[str, list[str]] = {}
    for place in range(max(map(len, rankings.values()), default=0)):
        for name, ranked in rankings.items():
            if place < len(ranked) and (len(origins) < CANDIDATES - AT_RANDOM or ranked[place] in origins):
                origins.setdefault(ranked[place], []).append(f"{name}:{place + 1}")
    for passage_id in drawn:
        if len(origins) == CANDIDATES:
            break
        if passage_id not in origins:
            origins[passage_id] = ["random"]
    return origins


def pools(
    dataset: Dataset, seed: int, shown: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, list[str]]]:  # fmt: skip
    """Return question -> passages with their origins; what somebody was ``shown`` as an answer goes first."""
    from pilot import project
    from pilot.config import load_experiment

    ranked: dict[str, dict[str, list[str]]] = {}
    for name in (*RANKERS, "random"):
        config = load_experiment(project.root() / "experiments" / "rank" / f"{name}.yaml")
        model = config.build()
        model.seed = seed
        model.fit(dataset.passages, (), ())
        frame = model.rank(dataset.questions, 3 * CANDIDATES)
        ranked[name] = frame.groupby("question_id")["passage_id"].apply(list).to_dict()
    known = {passage.passage_id for passage in dataset.passages}
    return {
        question.question_id: pool(
            {
                "assistant": [id_ for id_ in shown.get(question.question_id, ()) if id_ in known],
                **{name: ranked[name].get(question.question_id, []) for name in RANKERS},
            },
            ranked["random"].get(question.question_id, []),
        )
        for question in dataset.questions
    }
