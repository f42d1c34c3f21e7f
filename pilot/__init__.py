"""Research and pilot workbench for Vietnamese legal question answering.

Importing this package is light and does nothing; the names below load what they need when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pilot.config import load_experiment
    from pilot.decide.compared import compare
    from pilot.experiment import run
    from pilot.sources import Dataset

__all__ = ["Dataset", "compare", "load_experiment", "run"]

_HOMES = {
    "Dataset": "pilot.sources",
    "compare": "pilot.decide.compared",
    "load_experiment": "pilot.config",
    "run": "pilot.experiment",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'pilot' has no attribute {name!r}; it offers {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)
