"""The pages of adjudicators and of whoever follows the quality of the labels: decisions, agreement, calibration."""

import io
import threading
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from pilot.label import adjudication, quiz, store, votes
from pilot.label.agreement import agreement
from pilot.label.agreement_plots import WORDS, agreement_plots
from pilot.label.content import GRADES
from pilot.label.visit import Adjudicator, Form, Here, Id, Labeller, ReportReader, Shared, Visit
from pilot.taxonomy import taxonomy

router = APIRouter()
NOT_WAITING = "Không có câu này, hoặc câu này không nằm trong phần thẩm định của anh/chị."
QUEUES = {"suspicious": "Nhãn đáng ngờ", "conflicts": "Mâu thuẫn với câu gần trùng"}
RESAMPLES = 200
"""For the page; `pilot label agreement` draws more."""
_COUNTING = threading.Lock()


@router.get("/tham-dinh")
def waiting(here: Here, user: Adjudicator) -> Response:
    """List what waits for this adjudicator, and what was decided last."""
    _, items = here.shared.standing.items()
    mine = adjudication.waiting(items, user.user_id)
    decided = sorted((item for item in items if item.decision), key=lambda item: -item.decision["decided_at"])  # type: ignore[index]
    counts = {
        "Chuyên gia chọn khác nhau": sum(bool(item.disputes) for item in mine),
        **{words: sum(name in item.flags for item in mine) for name, words in QUEUES.items()},
        "Của người khác (anh/chị đã tự gán nhãn)": sum(item.open for item in items) - len(mine),
        "Đã quyết định": len(decided),
    }
    return here.page(
        "waiting.html", items=mine[:50], waiting=len(mine), counts=counts, queues=QUEUES, decided=decided[:20]
    )


@router.get("/tham-dinh/{task_id}")
def item(here: Here, task_id: Id, user: Adjudicator) -> Response:
    """Show a question with the answers side by side."""
    return _item(here, task_id, user.user_id)


@router.post("/tham-dinh/{task_id}")
def decide(here: Here, task_id: Id, user: Adjudicator, form: Form) -> Response:
    """Keep a decision and go on to the next question."""
    main = form.get("main", "")
    content: dict[str, Any] = {
        "main": form.get("main_other", "") if main == "other" else main, "second": form.get("second", ""),
    }  # fmt: skip
    content |= {
        name: int(value) if value.isdecimal() and len(value) == 1 else value
        for name, value in form.items()
        if name.startswith("grade:")
    }
    reason, seen = form.get("reason", ""), form.get("seen", "")
    outcome, messages = here.write(
        adjudication.decide, user.user_id, task_id, content, reason, seen, here.now
    )
    if outcome != adjudication.DONE:
        status = 409 if outcome == adjudication.OVERTAKEN else 422
        return _item(here, task_id, user.user_id, form, messages, status)
    left = adjudication.waiting(here.shared.standing.items()[1], user.user_id)
    return RedirectResponse(
        f"/tham-dinh/{left[0].task_id}?xong={task_id}" if left else f"/tham-dinh?xong={task_id}", 303
    )


def _item(
    here: Visit, task_id: int, user_id: int, form: dict[str, str] | None = None, faults: Sequence[str] = (),
    status: int = 200,
) -> Response:  # fmt: skip
    with here.shared.store.reading() as connection:
        found = next(iter(votes.load(connection, task_id=task_id)), None)
        mine = found and votes.pseudonym(user_id) in {vote.rater for vote in found.votes}
        if found is None or not found.whole or mine or found.personal:
            raise HTTPException(404, NOT_WAITING)
        shown = adjudication.page(connection, found)
    left = len(adjudication.waiting(here.shared.standing.items()[1], user_id))
    return here.page(
        "adjudicate.html", status, page=shown, grades=GRADES, queues=QUEUES, form=form or {}, faults=faults, left=left
    )  # fmt: skip


@router.get("/thong-nhat")
def agreed(here: Here, _: ReportReader) -> Response:
    """Show how far experts agree."""
    (found, plots), scheme = _agreement(here.shared), taxonomy()
    return here.page(
        "agreement.html", found=found, plots=plots, words=WORDS, groups=scheme.groups, field=scheme.name
    )


@router.get("/thong-nhat/{place}/{name}.png")
def plot(here: Here, place: int, name: str, _: ReportReader) -> Response:
    """Show one picture of a label-set version, counted from the newest."""
    pictures = [*_agreement(here.shared)[1].values()]
    if not 0 <= place < len(pictures) or name not in pictures[place]:
        raise HTTPException(404, "Không có hình này.")
    return Response(pictures[place][name], media_type="image/png")


def _agreement(shared: Shared) -> tuple[dict[str, Any], dict[str, dict[str, bytes]]]:
    """Return the figures and pictures, computed once per state of the votes."""
    with _COUNTING:
        state, items = shared.standing.items()
        if shared.agreement is None or shared.agreement[0] != state:
            found = agreement(items, RESAMPLES)
            drawn = {
                version: {name: _png(figure) for name, figure in agreement_plots(one).items()}
                for version, one in found.items()
            }
            shared.agreement = state, found, drawn
        return shared.agreement[1:]


def _png(figure: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()


@router.get("/hieu-chuan")
def calibration(here: Here, user: Labeller) -> Response:
    """Show the calibration quiz."""
    return _quiz(here, user.user_id, {})


@router.post("/hieu-chuan")
def calibrated(here: Here, user: Labeller, form: Form) -> Response:
    """Score the quiz, keep the score, explain every answer."""
    return _quiz(here, user.user_id, form)


def _quiz(here: Visit, user_id: int, form: dict[str, str]) -> Response:
    items = here.read(quiz.quiz, here.shared.standing.items()[1], user_id)
    score = quiz.score(items, form) if form else None
    if score:
        here.write(store.log, here.now, "quiz", user_id, content=score._asdict())
    scheme = taxonomy()
    choices = {code: topic.name for code, topic in scheme.topics.items()} | dict(scheme.special)
    return here.page("quiz.html", items=items, grades=GRADES, form=form, score=score, names=choices)
