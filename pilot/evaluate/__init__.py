"""The measuring instrument: measures, their uncertainty, and what may be concluded from them.

Per-question values are the product; means, intervals, tests and slices derive from them. Importing this
package loads numpy and nothing heavier. Beside what is named here: `calibration`, `abstention`, `agreement`,
`robustness`, `audit`, `plots`. The tests hold the instrument itself against known truth.
"""

from pilot.evaluate.bootstrap import Estimate
from pilot.evaluate.comparison import Comparison, compare_systems
from pilot.evaluate.evaluation import Evaluation, evaluate
from pilot.evaluate.measures import MEASURES, Measure, parse_measure
from pilot.evaluate.raters import merge_raters
from pilot.evaluate.slices import slice_table
from pilot.evaluate.systems import System

__all__ = [
    "MEASURES",
    "Comparison",
    "Estimate",
    "Evaluation",
    "Measure",
    "System",
    "compare_systems",
    "evaluate",
    "merge_raters",
    "parse_measure",
    "slice_table",
]
