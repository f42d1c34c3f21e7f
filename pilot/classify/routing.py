"""From probabilities of fields to the competent body, or to a person where a wrong route would cost more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilot.classify.labels import Translation
from pilot.classify.scope import outside
from pilot.taxonomy import NOT_LEGAL, OUT_OF_SCOPE, SPECIAL, Body, taxonomy

if TYPE_CHECKING:
    import numpy as np

    from pilot.classify.ensemble import Ensemble

HAND_OVER = "chuyển chuyên gia"
_TOPICS = Translation(frozenset())


@dataclass(frozen=True)
class Route:
    """Where a question goes.

    Parameters
    ----------
    body
        Name of the competent authority; None = an expert decides.
    field
        The topic the decision rests on; None if it rests on none.
    reason
        One Vietnamese sentence for people.
    checked
        Whether the competence was verified against a text of law.
    source
        Where the competence is known from; None without a body.
    cost
        Days lost that are to be expected of this decision.
    """

    body: str | None
    field: str | None
    reason: str
    checked: bool
    source: str | None
    cost: float


def route(fields: Mapping[str, float], province: str | None = None, audience: str | None = None) -> Route:
    """Choose the decision of least expected cost: one of the bodies, or an expert.

    Parameters
    ----------
    fields
        Label -> probability; labels of the 27 fields count as the topic closest to them.
    province
        Where the citizen is: the body's provincial counterpart is named, if it has one.
    audience
        Who asks; some are served by one body whatever the field.
    """
    scheme = taxonomy()
    shares: dict[str, float] = {}
    for label, share in fields.items():
        topic = _TOPICS.labels([label])[0]
        shares[topic] = shares.get(topic, 0.0) + share
    best = min(shares, key=lambda label: (-shares[label], label), default="")
    if best in (OUT_OF_SCOPE, NOT_LEGAL) or best not in scheme.topics:
        name = scheme.special.get(best, "Không rõ lĩnh vực")
        return Route(None, None, f"{name}: {HAND_OVER}.", False, None, scheme.costs["hand_over"])
    if audience and audience in scheme.audiences:
        return _to(scheme.audiences[audience], best, province, f"Người hỏi là {audience}", 0.0)
    costs = _expected(shares)
    chosen = min(costs, key=lambda topic: (costs[topic], -shares[topic], topic))
    if costs[chosen] >= scheme.costs["hand_over"]:
        doubt = (
            f"Chưa đủ chắc chắn để nêu tên ({scheme.name(best)}: {shares[best]:.0%}); chuyên gia xác định."
        )
        return Route(None, best, doubt, False, None, scheme.costs["hand_over"])
    why = f"Lĩnh vực {scheme.name(chosen)} ({shares[chosen]:.0%})"
    return _to(scheme.topics[chosen].body, chosen, province, why, costs[chosen])


def cost_of(gold: str, body: str | None) -> float:
    """Return the days lost when a question of field ``gold`` goes to the national body of this name (None = expert).

    A question that only an expert should answer, or none, is right with the expert and wrong elsewhere.
    """
    scheme = taxonomy()
    if gold in SPECIAL:
        return scheme.costs["right" if body is None else "elsewhere"]
    if body is None:
        return scheme.costs["hand_over"]
    if scheme.topics[gold].body.name == body:
        return scheme.costs["right"]
    group = {topic.body.name for topic in scheme.topics.values() if topic.group == scheme.topics[gold].group}
    return scheme.costs["same_group" if body in group else "elsewhere"]


def days_lost(labels: Sequence[str], probabilities: "np.ndarray", golds: Sequence[str]) -> dict[str, float]:
    """Return the mean days lost per question when routed in three ways; n = 0 gives nan.

    Parameters
    ----------
    labels, probabilities
        Columns, and one row per question, shape (questions, labels).
    golds
        The right field of each question.

    Returns
    -------
    dict
        ``always``: to the body of the likeliest label; ``doubts``: by `route`; ``never``: all to an expert.
    """
    import numpy as np

    shares = [dict(zip(labels, row.tolist(), strict=True)) for row in probabilities]
    bodies: dict[str, list[str | None]] = {
        "always": [route({labels[row.argmax()]: 1.0}).body for row in probabilities],
        "doubts": [route(row).body for row in shares],
        "never": [None] * len(golds),
    }
    return {way: float(np.mean([*map(cost_of, golds, found)])) for way, found in bodies.items()}


def route_texts(model: "Ensemble", texts: Sequence[str], province: str | None = None) -> list[Route]:
    """Return the way of each question by the fitted default classifier; what lies outside goes to an expert."""
    special = outside(texts, model.known_share(texts).tolist())
    rows = [dict(zip(model.labels_, row.tolist(), strict=True)) for row in model.predict_proba(texts)]
    return [route({label: 1.0} if label else row, province) for row, label in zip(rows, special, strict=True)]


def _expected(shares: Mapping[str, float]) -> dict[str, float]:
    """Return topic -> days expected to be lost by sending the question to this topic's body."""
    topics = taxonomy().topics
    return {
        topic: sum(share * cost_of(gold, topics[topic].body.name) for gold, share in shares.items())
        for topic in shares
        if topic in topics
    }


def _to(body: Body, field: str, province: str | None, why: str, cost: float) -> Route:
    local = province is not None and body.local is not None
    name = f"{body.local} ({province})" if local else body.name
    unchecked = "" if body.checked else " Thẩm quyền chưa kiểm tra với văn bản."
    return Route(name, field, f"{why}: {name}.{unchecked}", body.checked, body.source, cost)
