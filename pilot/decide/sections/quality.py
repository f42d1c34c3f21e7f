"""How good the systems are: beside the simple ones, tested in pairs, and on every part of the questions."""

from collections.abc import Iterator, Mapping, Sequence

from pilot.decide.blocks import Block, Cell, Figure, Section, Table
from pilot.decide.evidence import LEADING, Scored, baseline_of, subject_of
from pilot.decide.material import Material
from pilot.decide.words import ATTRIBUTES, MEASURES, TASKS, gap, learnt, note, on_dataset, system_name
from pilot.evaluate import Estimate, compare_systems, slice_table
from pilot.evaluate.plots import VERDICTS
from pilot.evaluate.slices import UNKNOWN, SliceTable

SHOWN = {
    "classify": ("macro-F1", "Accuracy", "Top-3", "Coverage@risk=0.05"),
    "rank": ("nDCG@10", "MRR@10", "R@10", "hit@1"),
}
EXPECTED = {
    "classify": ("classify/majority", "classify/keywords", "classify/tfidf_svm", "classify/default"),
    "rank": ("rank/random", "rank/bm25", "rank/default"),
}
RESAMPLES = 2000
MOST_NAMED = 8
"""More slices with too few questions than this are counted, not named."""


def systems(material: Material) -> Section:
    """Return every run beside the simple ones, with intervals."""
    blocks: list[Block] = []
    for arena in material.arenas:
        task = arena[0].run.task
        measures = [m for m in SHOWN[task] if all(m in one.run.metrics for one in arena)]
        rows: list[list[Cell]] = [[_title(one), *map(one.figure, measures)] for one in arena]
        blocks.append(Table(["Hệ thống", *measures], rows, caption(arena)))
    for task, names in EXPECTED.items():
        run = {one.run.experiment for arena in material.leading(task) for one in arena}
        if lost := [name for name in names if name not in run]:
            files = " ".join(f"experiments/{name}.yaml" for name in lost)
            blocks.append(gap("systems", names=", ".join(lost), files=files))
    terms = "; ".join(f"{name}: {MEASURES[name]}" for names in SHOWN.values() for name in names)
    blocks.append(note("measures", terms=terms))
    return Section("Số liệu bên cạnh các cách làm đơn giản", blocks)


def tests(material: Material) -> Section:
    """Return paired differences to today's way, corrected for all tests of a table."""
    blocks: list[Block] = []
    for arena in material.arenas:
        base = baseline_of(arena)
        if base is None or len(arena) < 2:
            continue
        blocks.append(_compared(arena, base, material.criteria.smallest_effect))
    blocks.append(note("tests") if blocks else gap("pairs"))
    return Section("So sánh từng cặp", blocks)


def slices(material: Material) -> Section:
    """Return the proposed systems on every part of the questions, the weakest named."""
    blocks: list[Block] = [block for task in LEADING for block in _parts(material, task)]
    return Section("Từng nhóm câu hỏi", blocks)


def caption(arena: Sequence[Scored]) -> str:
    """Return the title of a table over runs on the same questions."""
    one = arena[0].run
    mark = ", minh họa" if one.illustrative else ""
    return f"{TASKS[one.task]}, bộ dữ liệu {one.dataset}{mark}"


def _title(one: Scored) -> str:
    tags = [learnt(one.run)]
    tags += ["số liệu phát triển"] if one.run.development else []
    tags += ["bản nháp"] if one.run.draft else []
    tags += ["có cảnh báo"] if one.run.alarms else []
    return f"{system_name(one.run)} [{one.run.experiment}; {'; '.join(tags)}]"


def _compared(arena: Sequence[Scored], base: Scored, effects: Mapping[str, float]) -> Table:
    measure = LEADING[base.run.task]
    others = [one for one in arena if one is not base]
    named = {one.run.run_id: one.system for one in (base, *others)}
    smallest = effects.get(measure, 0.02)
    found = compare_systems(named, base.run.run_id, [measure], smallest=smallest, resamples=RESAMPLES)
    titles = _titles(others)
    rows: list[list[Cell]] = []
    for one in found.differences:
        tally = "–" if one.wins is None else f"{one.wins} / {one.ties} / {one.losses}"
        needed = "–" if not one.more_questions else f"{one.more_questions:,}".replace(",", ".")
        estimate = Estimate(one.value, one.low, one.high, found.questions)
        shown = Figure(f"{measure} vs {base.run.run_id}", estimate, one.system, signed=True)
        p = f"{one.p_holm:.4f}".replace(".", ",")
        rows.append([titles[one.system], p, tally, VERDICTS[one.verdict], needed, shown])
    smallest_text = f"{smallest:g}".replace(".", ",")
    head = ["Hệ thống", "p (Holm)", "Hơn / bằng / kém", "Kết luận", "Cần thêm", f"Chênh lệch {measure}"]
    title = f"{caption(arena)}: so với {system_name(base.run)}; mức nhỏ nhất đáng kể {smallest_text}"
    return Table(head, rows, title)


def _titles(arena: Sequence[Scored]) -> dict[str, str]:
    """Return run id -> name; what a system learnt from tells two runs of the same one apart."""
    names = [system_name(one.run) for one in arena]
    return {
        one.run.run_id: name if names.count(name) == 1 else f"{name}; {learnt(one.run)}"
        for one, name in zip(arena, names, strict=True)
    }


def _parts(material: Material, task: str) -> Iterator[Block]:
    if not material.leading(task):
        yield gap(task)
    for arena in material.leading(task):
        one = subject_of(arena)
        # F1 over fields means little inside one field; the share of right answers does not.
        measure = "Accuracy" if task == "classify" else LEADING[task]
        found = slice_table(one.system, one.attributes, measure, seed=one.run.seed)
        rows: list[list[Cell]] = []
        for part in found.slices:
            told = part.value != UNKNOWN or part.questions < found.overall.n
            if part.estimate is not None and told:
                shown = one.figure(f"{measure} | {part.attribute}={part.value}", part.estimate)
                rows.append([ATTRIBUTES[part.attribute], part.value, shown])
        if rows:
            yield Table(["Chia theo", "Nhóm", f"{measure} [95 %]"], rows, on_dataset(one.run))
        yield from _weakest(found, one)
        if few := list(_too_few(found)):
            yield note("too few", parts="; ".join(few))


def _weakest(found: SliceTable, one: Scored) -> Iterator[Block]:
    """Yield the weakest part that is not all of the questions, named."""
    parts = [
        (part, part.estimate)
        for part in found.slices
        if part.estimate is not None and part.value != UNKNOWN and part.questions < found.overall.n
    ]
    if not parts:
        return
    part, estimate = min(parts, key=lambda pair: pair[1].value)
    yield note(
        "weakest", part=f"{ATTRIBUTES[part.attribute]} {part.value}", figure=one.figure("", estimate),
        questions=part.questions, overall=one.figure("", found.overall), n=found.overall.n, run=one.run.run_id[:8],
    )  # fmt: skip


def _too_few(found: SliceTable) -> Iterator[str]:
    """Yield for each attribute the values with too few questions; where there are many, only how many."""
    for attribute in dict.fromkeys(part.attribute for part in found.slices):
        few = [
            f"{part.value} ({part.questions})"
            for part in found.slices
            if part.attribute == attribute and part.estimate is None and part.value != UNKNOWN
        ]
        if few:
            yield f"{ATTRIBUTES[attribute]}: {', '.join(few) if len(few) <= MOST_NAMED else f'{len(few)} giá trị'}"
