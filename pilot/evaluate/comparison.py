"""Is one system better than another on the same questions, by enough to matter? Paired tests."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from pilot.evaluate.bootstrap import ALPHA, Resampled, resampled
from pilot.evaluate.evaluation import parse_measures
from pilot.evaluate.measures import Measure
from pilot.evaluate.randomisation import TOLERANCE, holm, p_values
from pilot.evaluate.rows import Rows
from pilot.evaluate.systems import System, comparison_faults
from pilot.records import InputError

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal["better", "no relevant difference", "worse", "undecided"]
Tally = tuple[int, int, int] | tuple[None, None, None]
"""Wins, ties, losses."""
Z_BOTH = 1.959964 + 0.841621
"""Normal quantiles of a two-sided 95 % interval and of 80 % power, added."""
MOST_QUESTIONS = 1_000_000
"""A question count beyond this settles nothing in practice."""


@dataclass(frozen=True)
class Difference:
    """One system against the baseline under one measure.

    Parameters
    ----------
    system, measure
        What is compared.
    value, low, high
        System minus baseline, with the paired 95 % interval (BCa over groups).
    p, p_holm
        Two-sided paired randomisation test, as it is and adjusted for all tests of the comparison.
    wins, ties, losses
        Questions on which the system does better, equally, worse; None where no question wins by itself.
    smallest
        The smallest effect that matters.
    verdict
        ``better``: the whole interval is better by at least ``smallest``, and p_holm <= 0.05; ``worse``:
        likewise; ``no relevant difference``: all of it is nearer to zero than that; else ``undecided``.
    more_questions
        How many further questions would settle an undecided comparison in 4 of 5 cases if the difference is
        as measured; 0 if decided, None if no sensible number would.
    """

    system: str
    measure: str
    value: float
    low: float
    high: float
    p: float
    p_holm: float
    wins: int | None
    ties: int | None
    losses: int | None
    smallest: float
    verdict: Verdict
    more_questions: int | None


@dataclass(frozen=True)
class Comparison:
    """Several systems against a baseline on the same ``questions`` questions in ``groups`` groups."""

    baseline: str
    questions: int
    groups: int
    differences: tuple[Difference, ...]

    def table(self) -> "pd.DataFrame":
        """Return one row per difference, columns as the fields of `Difference`."""
        import pandas as pd

        columns = [field.name for field in dataclasses.fields(Difference)]
        return pd.DataFrame([dataclasses.astuple(found) for found in self.differences], columns=columns)


def compare_systems(
    systems: Mapping[str, System],
    baseline: str,
    measures: Sequence[str],
    *,
    smallest: float | Mapping[str, float] = 0.02,
    seed: int = 0,
    resamples: int = 10_000,
) -> Comparison:
    """Compare systems with a baseline, paired by question, resampled and exchanged by group.

    Parameters
    ----------
    systems
        Name -> system; all scored on the same questions, gold and groups.
    baseline
        One of the names.
    measures
        Names of measures; with the systems they make up the family of tests (Holm).
    smallest
        The smallest difference that matters, in units of the measure; one number, or one per measure.
    seed
        Of resampling and exchange.
    resamples
        How many of each.

    Raises
    ------
    InputError
        If the systems cannot be compared, a measure is unknown, or no smallest effect is given for one.
    """
    if faults := comparison_faults(systems, baseline):
        raise InputError(*faults)
    rows = {name: system.rows for name, system in systems.items()}
    named = parse_measures(systems[baseline].task, measures)
    effects = _effects(named, smallest)
    pairs = [(name, measure) for name in systems if name != baseline for measure in named]
    rng = np.random.default_rng(seed)
    figures = _figures(rows, named, resamples, rng)
    raw = np.array(
        [p_values(rows[name], rows[baseline], named, resamples, rng) for name in systems if name != baseline]
    )
    adjusted = holm(raw.ravel())
    differences = [
        _difference(
            (name, measure, effects[measure.name]),
            figures[name, measure] - figures[baseline, measure],
            (float(p), float(p_holm)),
            _tally(measure, rows[name], rows[baseline]),
            len(rows[baseline].question_ids),
        )
        for (name, measure), p, p_holm in zip(pairs, raw.ravel(), adjusted, strict=True)
    ]
    groups = int(rows[baseline].groups.max()) + 1
    return Comparison(baseline, len(rows[baseline].question_ids), groups, tuple(differences))


def questions_needed(standard_error: float, questions: int, margin: float) -> int | None:
    """Return how many questions settle a comparison in 4 of 5 cases, None if more than a million.

    Parameters
    ----------
    standard_error
        Of the difference on the questions there are.
    questions
        How many these are; the error shrinks with the root of their number.
    margin
        Distance from the expected difference to the value it is to be told from, for instance from a measured
        difference of 0.05 to a smallest effect of 0.02: 0.03.
    """
    if margin <= 0:
        return None
    needed = questions * (Z_BOTH * standard_error / margin) ** 2
    return None if needed > MOST_QUESTIONS else max(1, math.ceil(needed))


def verdict(low: float, high: float, p_holm: float, smallest: float) -> Verdict:
    """Return what an interval of (system - baseline), oriented so that more is better, allows to say."""
    significant = p_holm <= ALPHA
    if significant and low >= smallest and low > 0:
        return "better"
    if significant and high <= -smallest and high < 0:
        return "worse"
    return "no relevant difference" if -smallest < low and high < smallest else "undecided"


def _difference(
    what: tuple[str, Measure, float],
    figure: Resampled,
    p: tuple[float, float],
    tally: Tally,
    questions: int,
) -> Difference:
    name, measure, smallest = what
    low, high = figure.bca()
    oriented = (-high, -low) if measure.lower_is_better else (low, high)
    said = verdict(*oriented, p[1], smallest)
    more: int | None = 0
    if said == "undecided":
        needed = questions_needed(float(figure.drawn.std()), questions, abs(abs(figure.value) - smallest))
        more = None if needed is None else max(1, needed - questions)
    wins, ties, losses = tally
    return Difference(
        name, measure.name, figure.value, low, high, *p, wins, ties, losses, smallest, said, more
    )  # fmt: skip


def _effects(measures: Sequence[Measure], smallest: float | Mapping[str, float]) -> dict[str, float]:
    if not isinstance(smallest, Mapping):
        return {measure.name: float(smallest) for measure in measures}
    if lost := [measure.name for measure in measures if measure.name not in smallest]:
        raise InputError(f"no smallest effect that matters for {', '.join(lost)}; give one for each measure")
    return {measure.name: float(smallest[measure.name]) for measure in measures}


def _figures(
    rows: Mapping[str, Rows], measures: Sequence[Measure], resamples: int, rng: np.random.Generator
) -> dict[tuple[str, Measure], Resampled]:
    """Return every system under every measure, all on the same resamples."""
    keys = [(name, measure) for name in rows for measure in measures]
    groups = next(iter(rows.values())).groups
    statistics = [measure.over(rows[name]) for name, measure in keys]
    return dict(zip(keys, resampled(statistics, groups, resamples, rng), strict=True))


def _tally(measure: Measure, system: Rows, baseline: Rows) -> Tally:
    one, other = measure.tally(system), measure.tally(baseline)
    if one is None or other is None:
        return None, None, None
    gain = (other - one) if measure.lower_is_better else (one - other)
    wins, losses = int((gain > TOLERANCE).sum()), int((gain < -TOLERANCE).sum())
    return wins, len(gain) - wins - losses, losses
