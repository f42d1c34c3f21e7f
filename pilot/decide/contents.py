"""The eighteen numbered contents of a report, in order."""

from collections.abc import Callable

from pilot.decide.blocks import Section
from pilot.decide.material import Material
from pilot.decide.sections import data, governance, law, practice, purpose, quality, trust

CONTENTS: tuple[Callable[[Material], Section], ...] = (
    purpose.question,
    purpose.criteria,
    data.audit,
    data.labels,
    quality.systems,
    quality.tests,
    quality.slices,
    trust.calibration,
    trust.handing_over,
    trust.robustness,
    law.currency,
    law.errors,
    practice.usefulness,
    practice.expenses,
    practice.privacy,
    practice.reproducibility,
    governance.governance,
    governance.signatures,
)


def contents(material: Material) -> list[Section]:
    """Return every section; what has no material yet says so and what to do."""
    return [write(material) for write in CONTENTS]
