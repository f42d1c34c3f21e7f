"""The best path through a batch of token sequences with two labels (Viterbi, 1967), in numpy."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Two paths this close may change places by rounding alone; pyvi's own sums over a long text err by about
# 1e-8.
_DOUBT = 1e-6
_ROUNDS = 12


def best_path(scores: Floats, gaps: Bools, transitions: dict[tuple[str, str], float]) -> tuple[Bools, Bools]:
    """Return where the best path has ``I_W``, and where that hangs on less than rounding can do.

    With two labels a path needs one number per token, its *lead*: the score of the best path so far that
    ends in ``I_W`` over the best that ends in ``B_W``. It is the token's score plus a function of the lead
    before that is flat outside a narrow window, so nearly all leads follow from bounds on the one before.

    Parameters
    ----------
    scores
        Shape (tokens,): lead of ``I_W`` over ``B_W`` at each token, transitions left out.
    gaps
        Shape (tokens,): true where no token is; a gap ends one sequence.
    transitions
        (label before, label) -> weight.

    Raises
    ------
    ValueError
        If the weights favour staying in a label over changing it; the window assumes the opposite.
    """
    to_b = transitions["B_W", "B_W"] - transitions["I_W", "B_W"]  # lead above which B_W comes from I_W
    to_i = transitions["B_W", "I_W"] - transitions["I_W", "I_W"]
    if to_b > to_i:
        raise ValueError(
            "the transition weights favour staying in a label; this decoder assumes the opposite"
        )
    last = np.append(gaps[1:], True)
    lead = _leads(scores, gaps, transitions)
    inside = np.where(last, lead > 0, lead > to_i)
    # Between the two thresholds a token is what its successor is not: count back from the next settled one.
    places = np.arange(len(lead))
    open_ = (lead > to_b) & (lead <= to_i) & ~last
    settled = np.minimum.accumulate(np.where(open_, len(lead), places)[::-1])[::-1]
    inside = inside[settled] ^ ((settled - places) & 1).astype(bool)
    doubtful = np.where(last, np.abs(lead), np.minimum(np.abs(lead - to_b), np.abs(lead - to_i))) < _DOUBT
    return inside, doubtful & ~gaps


def _leads(scores: Floats, gaps: Bools, transitions: dict[tuple[str, str], float]) -> Floats:
    """Return the lead of ``I_W`` over ``B_W`` at each token."""
    stay_b, to_i = transitions["B_W", "B_W"], transitions["B_W", "I_W"]
    to_b, stay_i = transitions["I_W", "B_W"], transitions["I_W", "I_W"]

    def passed_on(lead: Floats) -> Floats:
        return np.maximum(to_i, lead + stay_i) - np.maximum(stay_b, lead + to_b)

    first = np.append(True, gaps[:-1])
    low = np.where(first, scores, scores + (stay_i - to_b))
    high = np.where(first, scores, scores + (to_i - stay_b))
    later = np.flatnonzero(~first)
    for _ in range(_ROUNDS):
        # The function falls, so the bounds change places.
        below, above = low[later - 1], high[later - 1]
        high[later] = scores[later] + passed_on(below)
        low[later] = scores[later] + passed_on(above)
        later = later[low[later] < high[later]]
        if not later.size:
            break
    for place in later.tolist():  # long chains of doubt, as in one word repeated: one by one, still linear
        low[place] = scores[place] + passed_on(low[place - 1])
    return low
