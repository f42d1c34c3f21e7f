"""Questions no topic can answer: about foreign law or forecasts, or not about law at all."""

from collections.abc import Sequence

from pilot.classify.features import readable
from pilot.classify.keywords import evidence
from pilot.taxonomy import NOT_LEGAL, OUT_OF_SCOPE, taxonomy

LEAST_KNOWN = 0.35
"""A text without any legal word and with a smaller share of known words and pairs is no question of law."""


def outside(texts: Sequence[str], known_shares: Sequence[float]) -> list[str | None]:
    """Return the special label of each text that lies outside, None for the others.

    Rules, so that they hold before a single special label was collected: a text is outside the scope if its words
    for foreign law or forecasts are there at all; not about law if its everyday words outweigh the strongest
    topic, or it has no legal word and little in common with any training text.

    Parameters
    ----------
    texts
        Questions as typed.
    known_shares
        `Ensemble.known_share` of each.
    """
    labels = [OUT_OF_SCOPE, NOT_LEGAL, *taxonomy().topics]
    said = evidence([readable(text) for text in texts], labels)
    found: list[str | None] = []
    for row, known in zip(said, known_shares, strict=True):
        abroad, everyday, legal = row[0], row[1], row[2:].max()
        strange = legal == 0 and known < LEAST_KNOWN
        found.append(OUT_OF_SCOPE if abroad > 0 else NOT_LEGAL if everyday > legal or strange else None)
    return found
