"""The whole report on small data: what blocks, what fails, what may go, and every figure made again."""

import html
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from report_cases import CRITERIA, criteria_file, release
from report_figures import remade
from test_cli import pilot

from pilot import Dataset, checkout, load_experiment, run, track
from pilot.decide.obstacles import _hash_at
from pilot.decide.report import gather, write_report
from pilot.decide.words import note
from pilot.records import InputError
from pilot.track.store import connected

NAMES = ("rank/bm25", "rank/random", "classify/tfidf_svm", "classify/majority")


def runs_on(folder: Path, names: tuple[str, ...] = NAMES, **options: object) -> list[track.Run]:
    """Run experiments as from a clean commit."""
    data = Dataset.load(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkout, "source_state", lambda: ("c" * 40, False))
        results = [
            run(load_experiment(ROOT / "experiments" / f"{name}.yaml"), data, **options) for name in names
        ]
    return [track.find(result.run_id) for result in results]


@pytest.fixture(scope="module")
def store(shared_state: Path) -> Iterator[None]:
    """The session's store, for fixtures that outlive a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOT_STATE", str(shared_state))
        yield


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release(tmp_path_factory.mktemp("data") / "bo-nhan")


@pytest.fixture(scope="module")
def good(store: None, released: Path) -> list[track.Run]:
    """Runs on a release whose labels experts have settled."""
    return runs_on(released)


@pytest.fixture(scope="module")
def written(good: list[track.Run], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report that may go."""
    folder = tmp_path_factory.mktemp("report")
    decision = write_report(good, folder / "out", criteria_file(folder / "criteria.yaml"), "baseline")
    assert [(j.criterion.name, j.state) for j in decision.judged] == [(c["name"], "met") for c in CRITERIA]
    assert [obstacle.code for obstacle in decision.obstacles] == []
    assert decision.recommendation == "go"
    return folder / "out"


def verdicts(runs: list[track.Run], folder: Path, **changes: object) -> tuple[dict[str, str], set[str], str]:
    decision = gather(runs, folder / "out", criteria_file(folder / "criteria.yaml", **changes), None).decision
    codes = {obstacle.code for obstacle in decision.obstacles}
    return {j.criterion.name: j.state for j in decision.judged}, codes, decision.recommendation


def test_an_adjudicated_release_with_approved_criteria_may_go(written: Path) -> None:
    page = (written / "bao_cao.html").read_text(encoding="utf-8")
    assert "Kiến nghị: Triển khai" in page
    assert "Mọi tiêu chí đều đạt." in page
    found = json.loads((written / "bao_cao.json").read_text(encoding="utf-8"))
    assert (found["recommendation"], found["milestone"], found["obstacles"]) == ("go", "baseline", [])


def test_the_log_of_use_is_summed_up(good: list[track.Run], tmp_path: Path) -> None:
    from pilot.decide.sections.practice import usefulness

    usage = {"asked": 40, "status": {"answered": 30, "handed_over": 10}, "feedback": 20,
             "outcome": {"accepted": 15, "edited": 5}, "median_seconds_of_people": 90}  # fmt: skip
    told = gather(good, tmp_path, criteria_file(tmp_path / "c.yaml"), None, usage)
    section = usefulness(told)
    shares = {figure.what: figure.estimate for figure in section.figures}
    assert (shares["usage accepted"].value, shares["usage accepted"].n) == (0.75, 20)
    assert shares["usage accepted"].low == pytest.approx(0.5090, abs=1e-4), "Clopper and Pearson, 15 of 20"
    assert shares["usage rejected"].high == pytest.approx(1 - 0.025 ** (1 / 20))
    assert (shares["usage handed over"].value, shares["usage handed over"].n) == (0.25, 40)
    assert "1,5 phút" in section.blocks[1].text


def test_the_page_is_whole_and_stands_alone(written: Path) -> None:
    page = (written / "bao_cao.html").read_text(encoding="utf-8")
    assert re.findall(r'<h2 id="muc-(\d+)">', page) == [str(i) for i in range(1, 19)]
    assert not re.search(r'(?:src|href)="(?!data:|#)', page), "nothing is fetched from elsewhere"
    assert all(re.search(r'alt="[^"]{20,}"', image) for image in re.findall("<img [^>]*>", page))
    assert page.count('class="missing"') >= 3
    assert "Chưa có số liệu" in page
    assert page.count("chưa kiểm tra") >= 4
    for name in ("bao_cao.html", "cong_bo.html", "bao_cao.json"):
        text = (written / name).read_text(encoding="utf-8")
        assert not re.search("(thuê nhà|nghỉ việc|ly hôn|quy định về) từ", text), (
            "no question or passage is shown"
        )
    public = (written / "cong_bo.html").read_text(encoding="utf-8")
    assert "kiến nghị đưa vào sử dụng" in public
    assert "nDCG" not in public


def test_the_word_file_has_the_form_of_an_administrative_document(written: Path) -> None:
    import docx
    from docx.shared import Mm

    document = docx.Document(str(written / "bao_cao.docx"))
    page = document.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert Mm(20) <= page.top_margin <= Mm(25)
    assert Mm(30) <= page.left_margin <= Mm(35)
    assert 15 <= round(page.right_margin.mm) <= 20
    assert document.styles["Normal"].font.name == "Times New Roman"
    head = "\n".join(cell.text for row in document.tables[0].rows for cell in row.cells)
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "TÊN CƠ QUAN",
        "Số: ",
        "ngày …",
    ):
        assert part in head
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert "BÁO CÁO" in texts
    assert note("reading").text in texts
    assert note("reading").text in html.unescape((written / "bao_cao.html").read_text(encoding="utf-8"))
    assert len([p for p in document.paragraphs if p.style.name == "Heading 1"]) == 18
    last = "\n".join(cell.text for cell in document.tables[-1].rows[0].cells)
    assert "Nơi nhận:" in last
    assert "CHỨC VỤ CỦA NGƯỜI KÝ" in last
    fields = next(
        table for table in document.tables if "Người có trách nhiệm điền" in table.rows[0].cells[1].text
    )
    assert not any(row.cells[1].text.strip() for row in fields.rows[1:]), (
        "people fill in the form, not the program"
    )


def test_every_figure_is_made_again_from_the_files_of_its_run(written: Path, good: list[track.Run]) -> None:
    figures = json.loads((written / "bao_cao.json").read_text(encoding="utf-8"))["figures"]
    assert len(figures) > 60
    assert {figure["section"] for figure in figures} == {4, 5, 6, 7, 8, 9, 10, 11, 12, 14}
    runs = {one.run_id: one for one in good}
    unknown = []
    for figure in figures:
        assert figure["n"] > 0
        assert figure["low"] <= figure["value"] <= figure["high"]
        again = remade(figure["what"], runs[figure["run"]])
        if again is None:
            unknown.append(figure["what"])
        else:
            assert again == pytest.approx((figure["value"], figure["n"])), figure
    assert set(unknown) <= {"alpha raters", "alpha adjudicated", "alpha fields"}, (
        "known by the tests of agreement"
    )
    page = (written / "bao_cao.html").read_text(encoding="utf-8")
    for figure in figures:
        assert f"{figure['value']:.3f}".replace(".", ",") in page


def test_shuffled_labels_fail(store: None, tmp_path: Path, good: list[track.Run]) -> None:
    runs = runs_on(release(tmp_path / "xao-tron", shuffled=True), NAMES[2:])
    states, codes, recommendation = verdicts(runs, tmp_path, rows=CRITERIA[4:])
    assert states == {"phan-loai": "not met"}
    assert recommendation == ("extend" if "alarm" in codes else "stop")


def test_a_random_ranking_fails(good: list[track.Run], tmp_path: Path) -> None:
    rows = [
        {**row, "experiment": "rank/random", "against": row.get("against") and "rank/bm25"}
        for row in CRITERIA[:3]
    ]
    states, codes, recommendation = verdicts(good, tmp_path, rows=rows)
    assert set(states.values()) == {"not met"}
    assert (codes, recommendation) == (set(), "stop")


def test_a_leaked_split_fails_however_good_it_looks(store: None, released: Path, tmp_path: Path) -> None:
    leaked = release(tmp_path / "ro-ri")
    text = (
        (leaked / "questions.jsonl")
        .read_text(encoding="utf-8")
        .replace('"split": "test"', '"split": "train"')
    )
    (leaked / "questions.jsonl").write_text(text, encoding="utf-8")
    runs = runs_on(released, NAMES[2:], train_on=[Dataset.load(leaked)])
    states, codes, recommendation = verdicts(runs, tmp_path, rows=CRITERIA[4:])
    assert states == {"phan-loai": "not met"}
    assert codes == {"alarm"}
    assert recommendation == "extend"


def test_a_stale_corpus_fails(store: None, tmp_path: Path) -> None:
    runs = runs_on(release(tmp_path / "luat-cu", stale=True), NAMES[:2])
    states, codes, recommendation = verdicts(runs, tmp_path, rows=CRITERIA[:4])
    assert states["con-hieu-luc"] == "not met"
    assert states["tim-dung"] == "met"
    assert (codes, recommendation) == (set(), "stop")


def test_the_sample_alone_can_never_give_go(store: None, tmp_path: Path) -> None:
    runs = runs_on(ROOT / "data" / "sample", NAMES[:2])
    _, codes, recommendation = verdicts(runs, tmp_path, rows=CRITERIA[:1])
    assert "illustrative" in codes
    assert recommendation == "extend"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"status": "draft", "approved_by": None}, "draft"),
        ({"date": "2999-01-01"}, "late"),
        ({"rows": [{**CRITERIA[1], "experiment": "rank/default"}]}, "missing"),
        ({"rows": [{**CRITERIA[0], "against": "rank/bm25_pairs"}]}, "missing"),
    ],
)
def test_criteria_that_block(good: list[track.Run], tmp_path: Path, change: dict, expected: str) -> None:
    path = criteria_file(tmp_path / "criteria.yaml", **change)
    path.write_text(path.read_text(encoding="utf-8").replace("'2999-01-01'", "2999-01-01"), encoding="utf-8")
    decision = gather(good, tmp_path / "out", path, None).decision
    assert [obstacle.code for obstacle in decision.obstacles] == [expected]
    assert decision.recommendation == "extend"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"dirty": True}, "draft run"),
        ({"suite": "smoke"}, "smoke"),
        ({"adjudicated": False}, "labels"),
        ({"development": True}, "development"),
        ({"alarms": ("x",)}, "alarm"),
    ],
)
def test_runs_that_block(good: list[track.Run], tmp_path: Path, change: dict, expected: str) -> None:
    import dataclasses

    runs = [dataclasses.replace(one, **change) for one in good]
    _, codes, recommendation = verdicts(runs, tmp_path)
    assert (codes, recommendation) == ({expected}, "extend")


def test_runs_older_than_their_data_block(store: None, tmp_path: Path) -> None:
    folder = release(tmp_path / "doi-du-lieu")
    runs = runs_on(folder, NAMES[:2])
    with (folder / "passages.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"passage_id": "new", "kind": "answer", "title": "", "text": "thêm"}\n')
    _, codes, _ = verdicts(runs, tmp_path, rows=CRITERIA[:1])
    assert codes == {"older than data"}


def test_criteria_changed_since_the_runs_or_the_last_report_block(
    good: list[track.Run], written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lower = [*CRITERIA[:1], {**CRITERIA[1], "at_least": 0.1}, *CRITERIA[2:]]
    shutil.copytree(written, tmp_path / "out")
    _, codes, _ = verdicts(good, tmp_path, rows=lower)
    assert codes == {"changed"}
    before = criteria_file(tmp_path / "before.yaml").read_text(encoding="utf-8")
    monkeypatch.setattr(checkout, "file_at", lambda commit, path: before)
    _hash_at.cache_clear()
    shutil.rmtree(tmp_path / "out")
    assert verdicts(good, tmp_path, rows=lower)[1] == {"changed"}
    _hash_at.cache_clear()


def test_a_file_is_read_as_it_stood_at_a_commit() -> None:
    commit = checkout.source_state()[0]
    if not commit:
        pytest.skip("no git here")
    assert "[build-system]" in (checkout.file_at(commit, ROOT / "pyproject.toml") or "")
    assert checkout.file_at(commit, Path("/etc/hostname")) is None
    assert checkout.file_at("0" * 40, ROOT / "pyproject.toml") is None


def test_reports_of_a_folder_are_compared(good: list[track.Run], written: Path, tmp_path: Path) -> None:
    path = criteria_file(tmp_path / "criteria.yaml")
    shutil.copytree(written, tmp_path / "out")
    write_report(good, tmp_path / "out", path)
    again = json.loads((tmp_path / "out" / "bao_cao.json").read_text(encoding="utf-8"))
    assert again["before"] == [], "the same report again is not compared with itself"
    shutil.rmtree(tmp_path / "out")
    shutil.copytree(written, tmp_path / "out")
    write_report([one for one in good if one.task == "rank"], tmp_path / "out", path, "final")
    later = json.loads((tmp_path / "out" / "bao_cao.json").read_text(encoding="utf-8"))
    assert [(one["milestone"], one["recommendation"]) for one in later["before"]] == [("baseline", "go")]
    page = (tmp_path / "out" / "bao_cao.html").read_text(encoding="utf-8")
    assert "So với các báo cáo trước" in page
    assert "(đầu kỳ)" in page
    (tmp_path / "out" / "bao_cao.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"bao_cao\.json: no record of a report"):
        write_report(good, tmp_path / "out", path)


def test_reports_are_kept_in_mlflow(written: Path, state: Path) -> None:
    import mlflow

    client = mlflow.MlflowClient()
    name = track.settings().experiments["report"]
    newest = client.search_runs([client.get_experiment_by_name(name).experiment_id])
    assert "go" in {one.data.tags["recommendation"] for one in newest}
    files = {item.path for item in client.list_artifacts(newest[-1].info.run_id)}
    assert files == {"bao_cao.html", "bao_cao.docx", "bao_cao.json", "cong_bo.html"}


def test_the_command_requires_go(good: list[track.Run], state: Path, tmp_path: Path) -> None:
    path, ids = criteria_file(tmp_path / "criteria.yaml"), [one.run_id[:12] for one in good]
    done = pilot("report", "--criteria", path, "--out", tmp_path / "a", "--require", "go", "--runs", *ids)
    assert done.returncode == 0, done.stderr
    assert "recommendation: go" in done.stderr
    assert str(tmp_path / "a" / "bao_cao.html") in done.stdout
    draft = pilot("report", "--out", tmp_path / "b", "--require", "go", "--runs", ids[0])
    assert draft.returncode == 1
    assert "chưa được lãnh đạo phê duyệt" in draft.stderr
    assert pilot("report", "--require", "stop", "--out", tmp_path / "c").returncode == 2
    assert pilot("report", "--runs", "nothing", "--out", tmp_path / "c").returncode == 2


def test_missing_and_damaged_runs_are_named(store: None, state: Path, tmp_path: Path) -> None:
    folder = release(tmp_path / "hong")
    missing, damaged = runs_on(folder, ("rank/random", "rank/random"))
    place = {one.run_id: Path(state / "artifacts" / one.run_id / "artifacts") for one in (missing, damaged)}
    (place[missing.run_id] / "gold.parquet").unlink()
    (place[damaged.run_id] / "scores.parquet").write_bytes(b"PAR1 half of a file")
    done = pilot("report", "--out", tmp_path / "out", "--runs", missing.run_id, damaged.run_id)
    assert done.returncode == 2
    assert f"run {missing.run_id[:8]}: gold.parquet missing" in done.stderr
    assert f"run {damaged.run_id[:8]}: scores.parquet cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    for one in (missing, damaged):
        shutil.rmtree(place[one.run_id])
        connected().MlflowClient().delete_run(one.run_id)


def test_figures_that_were_tampered_with_are_named(good: list[track.Run], tmp_path: Path) -> None:
    import dataclasses

    first = good[0]
    better = dataclasses.replace(first.metrics["R@10"], value=0.999)
    forged = dataclasses.replace(first, metrics={**first.metrics, "R@10": better})
    with pytest.raises(InputError, match=r"R@10 is logged as 0\.999"):
        write_report([forged], tmp_path / "out", criteria_file(tmp_path / "criteria.yaml"))
