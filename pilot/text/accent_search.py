"""Finding the likeliest accents of a sentence: beam search over the trigram model, and a model of typing."""

from collections.abc import Sequence
from functools import lru_cache
from math import inf
from typing import NamedTuple

from pilot.text.accent_model import GAP, STEP, UNKNOWN, AccentModel
from pilot.text.letters import marks, strip_accents

_BEAM = 16
_WIDTH = 8 / STEP  # a path that costs this much more than the best is given up
_FORMS = 10  # forms of a base tried where no pair with its neighbour is known
_AS_TYPED = -1  # variant number of a form the model does not know
_STRANGE = 12 / STEP  # cost of such a form
_NONE: dict[int, tuple[int, int]] = {}


class Typing(NamedTuple):
    """What it costs to assume that typing changed the accents; in nats.

    Attributes
    ----------
    bare
        Marks left off one syllable in a text that is otherwise fully marked; falls to 0 with the share of
        syllables that must have lost theirs, by the power ``fall``.
    wrong
        Marks replaced by other marks.
    unfinished
        Marks begun and not completed (``đươc`` for ``được``), where the typed form is unknown.
    """

    bare: float = 14.0
    fall: float = 4.0
    wrong: float = 16.0
    unfinished: float = 9.0


class _Place(NamedTuple):
    base: int
    typed: int  # variant that was typed
    costs: dict[int, float]  # variant -> cost, in STEP, of typing what was typed
    alone: tuple[tuple[int, float], ...]  # the likeliest variants, cheapest first, their own cost added


# Cost of the path so far, variant of the word before, variant, cost of backing off from these two, place of
# the state it came from. A plain tuple: making a named one would take a third of the search.
_State = tuple[float, int, int, float, int]


def restore_words(words: Sequence[str], model: AccentModel, typing: Typing) -> list[str]:
    """Return lower-case ``words`` with the accents that are likeliest, given how they were typed.

    Parameters
    ----------
    words
        Lower-case words; ``<gap>`` for punctuation and numbers. Words whose base the model lacks stay.
    model
        The accent model.
    typing
        What typing does to accents.
    """
    bases = [model.base_numbers.get(strip_accents(word), UNKNOWN) for word in words]
    lost = _lost_share(words, bases, model)
    places = [_place(words, bases, i, lost, (model, typing)) for i in range(len(words))]
    if all(len(place.costs) == 1 for place in places):
        return list(words)
    restored = list(words)
    for i, variant in enumerate(_best_variants(places, model)):
        if variant != _AS_TYPED and places[i].base > UNKNOWN:
            restored[i] = model.syllables[model.first_syllable[places[i].base] + variant]
    return restored


def _lost_share(words: Sequence[str], bases: Sequence[int], model: AccentModel) -> float:
    """Return the share of marked syllables that were typed bare, as far as their frequencies tell."""
    marked, lost = 0.0, 0.0
    for word, base in zip(words, bases, strict=True):
        if base <= UNKNOWN:
            marked += not word.isascii()
        elif not word.isascii():
            marked += 1
        else:
            lost += model.marked_share[base]
    return lost / (lost + marked) if lost else 0.0


def _place(
    words: Sequence[str], bases: Sequence[int], i: int, lost: float, how: tuple[AccentModel, Typing]
) -> _Place:
    """Return the forms that word ``i`` may stand for."""
    model, typing = how
    word, base = words[i], bases[i]
    if base <= UNKNOWN:
        return _settled(model, base, 0)
    forms = model.variants(base)
    typed = forms.index(word) if word in forms else _AS_TYPED
    if word.isascii():
        return _bare(model, base, typed, round(typing.bare * (1 - lost) ** typing.fall / STEP))
    if typed != _AS_TYPED and _has_company(bases, i, typed, model):
        return _settled(model, base, typed)
    strange = typed == _AS_TYPED
    costs = {
        n: (typing.unfinished if strange and _may_become(word, form) else typing.wrong) / STEP
        for n, form in enumerate(forms)
    }
    return _open_place(model, base, typed, costs)


@lru_cache(maxsize=5_000)
def _settled(model: AccentModel, base: int, typed: int) -> _Place:
    """Return a place of one form, the typed one."""
    return _open_place(model, base, typed, {})


@lru_cache(maxsize=20_000)
def _bare(model: AccentModel, base: int, typed: int, change: int) -> _Place:
    """Return a place typed without marks, where any marks cost ``change``."""
    return _open_place(model, base, typed, dict.fromkeys(range(len(model.variants(base))), float(change)))


def _open_place(model: AccentModel, base: int, typed: int, costs: dict[int, float]) -> _Place:
    costs = costs | {typed: 0.0}
    own = model.unigram_cost[model.first_syllable[base] : model.first_syllable[base + 1]]
    forms = {typed, *sorted(costs)[:_FORMS]}
    alone = sorted((costs[c] + (own[c] if c >= 0 else _STRANGE), c) for c in forms)
    return _Place(base, typed, costs, tuple((c, cost) for cost, c in alone))


def _has_company(bases: Sequence[int], i: int, variant: int, model: AccentModel) -> bool:
    """Return whether the form of word ``i`` is known next to either neighbour, however that is marked."""
    if i and any(variant in row for row in model.pair_costs(model.pair(bases[i - 1], bases[i])).values()):
        return True
    return i + 1 < len(bases) and variant in model.pair_costs(model.pair(bases[i], bases[i + 1]))


def _may_become(typed: str, form: str) -> bool:
    """Return whether ``form`` is ``typed`` with marks added and none taken away."""
    return len(typed) == len(form) and all(marks(a) <= marks(b) for a, b in zip(typed, form, strict=True))


def _best_variants(places: Sequence[_Place], model: AccentModel) -> list[int]:
    """Return the variant of each place on the cheapest path found."""
    states: list[_State] = [(0.0, 0, 0, 0.0, 0)]
    history = []
    pair, base = model.pair(GAP, GAP), GAP
    for place in places:
        next_pair = model.pair(base, place.base)
        triple = model.triple(pair, place.base)
        states = _extend(states, base, place, (next_pair, triple), model)
        history.append(states)
        pair, base = next_pair, place.base
    index, variants = 0, []
    for states in reversed(history):
        _, _, variant, _, index = states[index]
        variants.append(variant)
    return variants[::-1]


def _extend(
    states: list[_State], base: int, place: _Place, numbers: tuple[int, int], model: AccentModel
) -> list[_State]:
    """Return the best states after one more place, the cheapest first."""
    pairs, triples = model.pair_costs(numbers[0]), model.triple_costs(numbers[1])
    if len(states) == len(place.costs) == 1:  # no choice before, none here: nothing to weigh
        (total, _, b, _, _), c = states[0], place.typed
        return [(total, b, c, pairs.get(b, _NONE).get(c, (0, 0))[1], 0)]
    first, costs = model.first_syllable[base], place.costs
    best: dict[tuple[int, int], _State] = {}
    limit = inf
    for parent, (total, a, b, back, _) in enumerate(states):
        followers = pairs.get(b, _NONE)
        for c, (known, next_back) in followers.items():
            if c in costs:
                cost = total + costs[c] + triples.get((a, b, c), back + known)
                if cost < limit and ((b, c) not in best or cost < best[b, c][0]):
                    best[b, c] = cost, b, c, next_back, parent
                    limit = cost + _WIDTH if cost + _WIDTH < limit else limit
        fall = total + back + (model.unigram_back[first + b] if b >= 0 else 0)
        for c, alone in place.alone:
            cost = fall + alone
            if cost >= limit:
                break
            if c not in followers and ((b, c) not in best or cost < best[b, c][0]):
                best[b, c] = cost, b, c, 0, parent
                limit = cost + _WIDTH if cost + _WIDTH < limit else limit
    return [state for state in sorted(best.values())[:_BEAM] if state[0] < limit]
