"""The best path through one text, with CRFsuite's own sums in CRFsuite's own order.

For texts too short to repay numpy's overhead, and for those where two paths tie up to rounding, as in one
syllable repeated: there the order of additions decides, so it is kept.
"""

from functools import lru_cache
from itertools import pairwise

from pilot.text.pyvi_model import PyviModel
from pilot.text.pyvi_tokens import Facts, Weights, add, facts_of, split_chunks, tokens_of

_MOST_TOKENS = 20_000  # distinct tokens remembered


class ExactDecoder:
    """Segments one text, number by number as pyvi does.

    Parameters
    ----------
    model
        pyvi's parameters.
    """

    def __init__(self, model: PyviModel) -> None:
        self._weights = model.weights
        self._transitions = model.transitions
        self._pairs, self._triples = frozenset(model.pairs), frozenset(model.triples)
        self._facts = lru_cache(_MOST_TOKENS)(lambda token: facts_of(token, model))

    def segment(self, text: str) -> str:
        """Return ``text`` segmented; without tokens, as it is."""
        tokens = [token for chunk in split_chunks(text) for token in tokens_of(chunk)]
        if not tokens:
            return text
        facts = [self._facts(token) for token in tokens]
        inside = self._best_path(self._scores(facts))
        parts = tokens[:1]
        for before, fact, token, joins in zip(facts, facts[1:], tokens[1:], inside[1:], strict=False):
            allowed = fact.joinable and before.joinable and (before.title or not fact.title)
            parts += ("_" if joins and allowed else " ", token)
        return "".join(parts)

    def _scores(self, facts: list[Facts]) -> list[Weights]:
        """Return the weights of both labels at each token."""
        words = [fact.lower for fact in facts]
        pairs = [pair in self._pairs for pair in pairwise(words)]
        triples = [triple in self._triples for triple in zip(words, words[1:], words[2:], strict=False)]
        scores = []
        for i, fact in enumerate(facts):
            weights: list[Weights] = []
            if i:
                weights += facts[i - 1].before
                if pairs[i - 1]:
                    weights.append(self._weights["-1:word.bi_gram()"])
                if i > 1 and triples[i - 2]:
                    weights.append(self._weights["-2:word.tri_gram()"])
            if i < len(pairs):
                weights += facts[i + 1].after
                if pairs[i]:
                    weights.append(self._weights["+1:word.bi_gram()"])
                if i < len(triples) and triples[i]:
                    weights.append(self._weights["+2:word.tri_gram()"])
            scores.append(add(fact.own, weights))
        return scores

    def _best_path(self, scores: list[Weights]) -> list[bool]:
        """Return whether the best path has ``I_W`` at each token. Ties fall to ``B_W``, as in CRFsuite."""
        move = self._transitions
        stay_b, to_i = move["B_W", "B_W"], move["B_W", "I_W"]
        to_b, stay_i = move["I_W", "B_W"], move["I_W", "I_W"]
        begin, inside = scores[0]
        origins = []
        for own_begin, own_inside in scores[1:]:
            options = begin + stay_b, inside + to_b, begin + to_i, inside + stay_i
            origins.append((options[1] > options[0], options[3] > options[2]))
            begin, inside = max(options[:2]) + own_begin, max(options[2:]) + own_inside
        labels = [inside > begin]
        for from_begin, from_inside in reversed(origins):
            labels.append(from_inside if labels[-1] else from_begin)
        return labels[::-1]
