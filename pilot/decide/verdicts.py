"""Each criterion held against the runs: đạt, không đạt, or chưa đủ cơ sở; always on a bound."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pilot.decide.criteria import Criteria, Criterion
from pilot.decide.currency import STALE, unknown_first
from pilot.decide.evidence import Scored, counterpart, witnesses
from pilot.evaluate import Estimate, compare_systems, parse_measure, slice_table
from pilot.evaluate.comparison import Difference, verdict
from pilot.evaluate.randomisation import holm
from pilot.evaluate.slices import UNKNOWN, Slice
from pilot.records import InputError

State = Literal["met", "not met", "undecided"]
STATES: dict[State, str] = {"met": "đạt", "not met": "không đạt", "undecided": "chưa đủ cơ sở"}
ORDER: tuple[State, ...] = ("not met", "undecided", "met")
RESAMPLES = 5000


@dataclass(frozen=True)
class Finding:
    """One criterion on one dataset.

    Parameters
    ----------
    scored
        The run that was judged.
    state
        What came out.
    estimate
        The figure judged: of the measure, of the difference, or of the slice that decided; None without one.
    against
        The run it was compared with, if any.
    part
        The slice that decided, if the criterion is about slices.
    note
        Why, in Vietnamese, where the figure alone does not say it.
    """

    scored: Scored
    state: State
    estimate: Estimate | None = None
    against: Scored | None = None
    part: Slice | None = None
    note: str = ""


@dataclass(frozen=True)
class Judged:
    """A criterion with what was found on each dataset; the least favourable decides."""

    criterion: Criterion
    findings: tuple[Finding, ...]

    @property
    def deciding(self) -> Finding | None:
        """Return the least favourable finding, None without any run."""
        return min(self.findings, key=self._favour, default=None)

    def _favour(self, found: Finding) -> tuple[int, float]:
        """Return what orders findings: the verdict first, then the bound that was judged."""
        if found.estimate is None:
            return ORDER.index(found.state), -np.inf
        lower = self.criterion.at_most is not None or (
            self.criterion.against is not None and parse_measure(self.criterion.measure).lower_is_better
        )
        return ORDER.index(found.state), -found.estimate.high if lower else found.estimate.low

    @property
    def state(self) -> State:
        """Return the verdict."""
        return self.deciding.state if self.deciding else "undecided"


def judge(criteria: Criteria, scored: Sequence[Scored]) -> list[Judged]:
    """Hold every criterion against the best data there is; all comparisons are one family of tests."""
    pairs = [
        (criterion, one) for criterion in criteria.criteria for one in witnesses(criterion.experiment, scored)
    ]
    differences = _differences(pairs, criteria, scored)
    found: dict[str, list[Finding]] = {criterion.name: [] for criterion in criteria.criteria}
    for criterion, one in pairs:
        finding = _finding(criterion, one, differences.get((criterion.name, one.run.run_id)))
        found[criterion.name].append(_alarmed(finding))
    return [Judged(criterion, tuple(found[criterion.name])) for criterion in criteria.criteria]


def bound_state(estimate: Estimate, at_least: float | None, at_most: float | None) -> State:
    """Return what an interval says of a threshold: the whole of it must lie on one side."""
    if at_least is not None:
        return "met" if estimate.low >= at_least else "not met" if estimate.high < at_least else "undecided"
    limit = at_most if at_most is not None else np.inf
    return "met" if estimate.high <= limit else "not met" if estimate.low > limit else "undecided"


def difference_state(found: Difference) -> State:
    """Return whether a system is better by what matters; not met as soon as it cannot be."""
    low, high = (
        (-found.high, -found.low) if parse_measure(found.measure).lower_is_better else (found.low, found.high)
    )
    if verdict(low, high, found.p_holm, found.smallest) == "better":
        return "met"
    return "not met" if high < found.smallest else "undecided"


def alarm_text(message: str) -> str:
    """Return a run's alarm as leadership reads it."""
    if "occur in the training texts" in message:
        return "câu hỏi dùng để chấm có mặt trong dữ liệu đã học, nên số liệu đẹp hơn thực tế"
    if "no better than chance" in message:
        return "kết quả không hơn việc trả lời ngẫu nhiên"
    return message


def _differences(
    pairs: Sequence[tuple[Criterion, Scored]], criteria: Criteria, scored: Sequence[Scored]
) -> dict[tuple[str, str], tuple[Difference, Scored]]:
    """Return (criterion, run) -> paired difference to the run it must surpass, all corrected as one family."""
    found: dict[tuple[str, str], tuple[Difference, Scored]] = {}
    for criterion, one in pairs:
        other = counterpart(one, criterion.against, scored) if criterion.against else None
        if other is None:
            continue
        systems = {"system": one.system, "baseline": other.system}
        smallest, seed = criteria.smallest_effect[criterion.measure], one.run.seed
        compared = compare_systems(
            systems, "baseline", [criterion.measure], smallest=smallest, seed=seed, resamples=RESAMPLES
        )
        found[criterion.name, one.run.run_id] = compared.differences[0], other
    adjusted = holm(np.array([difference.p for difference, _ in found.values()]))
    return {
        key: (dataclasses.replace(difference, p_holm=float(p)), other)
        for (key, (difference, other)), p in zip(found.items(), adjusted, strict=True)
    }


def _finding(criterion: Criterion, one: Scored, difference: tuple[Difference, Scored] | None) -> Finding:
    if criterion.against:
        if difference is None:
            note = f"chưa có lượt chạy {criterion.against} trên cùng các câu hỏi này"
            return Finding(one, "undecided", note=note)
        found, other = difference
        estimate = Estimate(found.value, found.low, found.high, len(one.system.rows.question_ids))
        return Finding(one, difference_state(found), estimate, other)
    if criterion.slice:
        return _sliced(criterion, criterion.slice, one)
    try:
        estimate = one.measured(criterion.measure)
    except InputError:
        return Finding(one, "undecided", note="lượt chạy không ghi lại hiệu lực của kết quả; cần chạy lại")
    note = ""
    if criterion.measure == STALE and (unknown := unknown_first(one.system, one.frames)):
        note = f"{unknown} câu có kết quả chưa rõ hiệu lực"
    state = bound_state(estimate, criterion.at_least, criterion.at_most)
    return Finding(one, state, estimate, note=note)


def _sliced(criterion: Criterion, attribute: str, one: Scored) -> Finding:
    """Judge every value with enough questions; the least favourable bound decides."""
    table = slice_table(
        one.system, one.attributes[["question_id", attribute]], criterion.measure, seed=one.run.seed
    )
    judged = [(s, s.estimate) for s in table.slices if s.estimate is not None and s.value != UNKNOWN]
    few = [s.value for s in table.slices if s.estimate is None and s.value != UNKNOWN]
    if not judged:
        return Finding(one, "undecided", note="chưa nhóm nào có đủ 30 câu hỏi để đánh giá")
    states = [bound_state(estimate, criterion.at_least, criterion.at_most) for _, estimate in judged]
    worst = min(states, key=ORDER.index)
    upwards = criterion.at_least is not None
    part, estimate = min(
        (pair for pair, state in zip(judged, states, strict=True) if state == worst),
        key=lambda pair: pair[1].low if upwards else -pair[1].high,
    )
    note = f"quá ít câu hỏi để xét: {', '.join(few)}" if few else f"nhóm kém nhất trong {len(judged)} nhóm"
    return Finding(one, worst, estimate, part=part, note=note)


def _alarmed(finding: Finding) -> Finding:
    """Return the finding as not met if its run, or the one it is compared with, cannot be believed."""
    runs = [one.run for one in (finding.scored, finding.against) if one is not None]
    texts = [alarm_text(message) for run in runs for message in run.alarms]
    if not texts:
        return finding
    return dataclasses.replace(finding, state="not met", note=f"số liệu không tin được: {'; '.join(texts)}")
