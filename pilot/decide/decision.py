"""From verdicts and obstacles to one recommendation; a person decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pilot.decide.obstacles import Obstacle
from pilot.decide.verdicts import Judged

Recommendation = Literal["go", "extend", "stop"]
Milestone = Literal["baseline", "middle", "final"]
RECOMMENDATIONS: dict[Recommendation, str] = {
    "go": "Triển khai",
    "extend": "Kéo dài thí điểm",
    "stop": "Dừng",
}
MILESTONES: dict[Milestone, str] = {"baseline": "đầu kỳ", "middle": "giữa kỳ", "final": "cuối kỳ"}
RULE = (
    "Kiến nghị được suy ra theo quy tắc định trước. Còn dù chỉ một trở ngại thì chỉ có thể kéo dài thí "
    "điểm, vì số liệu chưa đủ tin để quyết định theo hướng nào. Không còn trở ngại: mọi tiêu chí đều đạt "
    "thì triển khai; có tiêu chí không đạt thì dừng (ở mốc đầu kỳ và giữa kỳ thì kéo dài để sửa); còn "
    "lại, có tiêu chí chưa đủ cơ sở thì kéo dài."
)


@dataclass(frozen=True)
class Decision:
    """What the program recommends, with everything it follows from."""

    recommendation: Recommendation
    judged: tuple[Judged, ...]
    obstacles: tuple[Obstacle, ...]
    milestone: Milestone | None = None

    @property
    def reason(self) -> str:
        """Return why, in one Vietnamese sentence."""
        counts = {
            state: sum(j.state == state for j in self.judged) for state in ("met", "not met", "undecided")
        }
        tally = (
            f"{len(self.judged)} tiêu chí: {counts['met']} đạt, {counts['not met']} không đạt, "
            f"{counts['undecided']} chưa đủ cơ sở"
        )
        if self.obstacles:
            return f"Chưa đủ cơ sở để kết luận: còn {len(self.obstacles)} trở ngại. {tally}."
        return f"{tally}; không còn trở ngại nào."


def decide(
    judged: Sequence[Judged], obstacles: Sequence[Obstacle], milestone: Milestone | None = None
) -> Decision:
    """Apply `RULE`."""
    return Decision(_recommended(judged, obstacles, milestone), tuple(judged), tuple(obstacles), milestone)


def _recommended(
    judged: Sequence[Judged], obstacles: Sequence[Obstacle], milestone: Milestone | None
) -> Recommendation:
    states = {one.state for one in judged}
    if obstacles:
        return "extend"
    if states == {"met"}:
        return "go"
    return "stop" if "not met" in states and milestone in (None, "final") else "extend"
