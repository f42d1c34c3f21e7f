"""What the labelling page asks of the server while one works, as JSON."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pilot.label import answers, queue, views
from pilot.label.cards import card, frozen_validity
from pilot.label.security import storable
from pilot.label.visit import Here, Id, Labeller


class Refusal(BaseModel):
    """Why not, in a sentence for the page."""

    detail: str


Text = Annotated[str, AfterValidator(storable)]
REFUSALS = (400, 401, 403, 404, 409, 422)
router = APIRouter(prefix="/api", responses={code: {"model": Refusal} for code in REFUSALS})


class Sent(BaseModel):
    """One operation as the browser sends it; see `answers.Operation`."""

    model_config = ConfigDict(extra="forbid", strict=True)
    save_id: Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[\w-]+$")]
    kind: Literal["save", "submit", "skip"]
    claim_id: Annotated[int, Field(gt=0, lt=2**31)]
    content: Annotated[dict[Text, bool | int | Text | None], Field(max_length=200)]
    seconds: Annotated[float, Field(ge=0, le=86400)] | None = None


class SentMany(BaseModel):
    """What waited in the browser, oldest first."""

    model_config = ConfigDict(extra="forbid", strict=True)
    operations: Annotated[list[Sent], Field(min_length=1, max_length=100)]


class Wish(BaseModel):
    """What to work on next: a batch, or anything."""

    model_config = ConfigDict(extra="forbid", strict=True)
    batch: Annotated[Text, Field(max_length=80)] | None = None


@router.post("/sync")
def sync(here: Here, sent: SentMany, user: Labeller) -> dict[str, Any]:
    """Take operations in, in their order; answered once they are on disk."""
    operations = [answers.Operation(**operation.model_dump()) for operation in sent.operations]
    return {"outcomes": here.write(answers.take_all, user.user_id, operations, here.now)}


@router.post("/next")
def next_task(here: Here, wish: Wish, user: Labeller) -> dict[str, int | None]:
    """Claim the next task."""
    return {"claim_id": here.write(queue.next_claim, user.user_id, here.now, wish.batch or None)}


@router.get("/claims/{claim_id}")
def claim(here: Here, claim_id: Id, user: Labeller) -> dict[str, Any]:
    """Return the stored draft of an own claim, for a tab whose neighbour has written."""
    found = here.read(views.own_claim, user.user_id, claim_id)
    if found is None:
        raise HTTPException(404, answers.NOT_YOURS)
    return {key: found[key] for key in ("claim_id", "status", "revision", "draft", "added")}


@router.get("/search")
def search(here: Here, q: Annotated[str, Query(max_length=300)], on: date, _: Labeller) -> dict[str, Any]:
    """Search the corpus; ``on`` is the date validity is told for."""
    found = here.shared.search.find(q)
    return {"passages": [card(row["key"], row, frozen_validity(row, on)) for row in found]}
