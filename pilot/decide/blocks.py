"""What a report is made of, whatever form it is written in: figures, tables, pictures, gaps and forms."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pilot.decide.tables import figure, interval
from pilot.evaluate import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True)
class Figure:
    """A measured value as it stands on the page: never without its interval, n and run.

    ``what`` says what it is so that it can be made again: a measure, with a slice, a difference or a manner of
    typing behind it.
    """

    what: str
    estimate: Estimate
    run_id: str
    signed: bool = False

    def __str__(self) -> str:
        sign = "+" if self.signed and self.estimate.value > 0 else ""
        held = interval(self.estimate).replace(" ", "\N{NO-BREAK SPACE}")
        return f"{sign}{figure(self.estimate)} {held}"


Cell = str | Figure


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Listing:
    """Short statements, one below the other."""

    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """Rows under a head; the first cell of a row names it.

    Behind rows with a `Figure` stand the n of the last one and where it comes from, ``trace``: a run, if no other
    source is named.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""
    trace: str = "Lượt chạy"

    @property
    def figures(self) -> list[Figure]:
        """Return every figure, row by row."""
        return [cell for row in self.rows for cell in row if isinstance(cell, Figure)]

    @property
    def columns(self) -> list[str]:
        """Return the head with what stands behind figures."""
        return [*self.head, *(("n", self.trace) if self.figures else ())]

    @property
    def texts(self) -> list[list[str]]:
        """Return the rows as text, each as long as `columns`."""
        return [_spread(row) for row in self.rows]


@dataclass(frozen=True)
class Plot:
    """A picture, and the same in words for who cannot see it."""

    png: bytes
    words: str
    title: str = ""


@dataclass(frozen=True)
class Missing:
    """Material that is not there yet, and what to do about it."""

    what: str
    remedy: str


@dataclass(frozen=True)
class Form:
    """Fields that people fill in: what is asked, and a hint."""

    fields: Sequence[tuple[str, str]]


Block = Text | Listing | Table | Plot | Missing | Form


@dataclass(frozen=True)
class Section:
    """One of the numbered contents of a report."""

    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)

    @property
    def figures(self) -> list[Figure]:
        """Return every figure of its tables."""
        return [figure for block in self.blocks if isinstance(block, Table) for figure in block.figures]


def picture(drawing: "Drawing", words: str, title: str = "") -> Plot:
    """Return a drawing as a block."""
    buffer = io.BytesIO()
    drawing.savefig(buffer, format="png", dpi=130)
    return Plot(buffer.getvalue(), words, title)


def _spread(row: Sequence[Cell]) -> list[str]:
    """Return the cells of a row as text, the n and the run of its last figure appended."""
    figures = [cell for cell in row if isinstance(cell, Figure)]
    last = [str(figures[-1].estimate.n), figures[-1].run_id[:8]] if figures else []
    return [str(cell) for cell in row] + last


def percent(value: float, digits: int = 0) -> str:
    """Write a share as people say it: ``67 %``."""
    return f"{100 * value:.{digits}f} %".replace(".", ",")


def count(value: float) -> str:
    """Write a whole number with points between thousands: ``1.250``."""
    return f"{value:,.0f}".replace(",", ".")
