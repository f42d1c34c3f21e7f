"""Where data comes from: one reader per origin; ``Dataset.load`` finds the right one."""

from pilot.sources.dataset import KINDS, Dataset
from pilot.sources.folder import write_folder

__all__ = ["KINDS", "Dataset", "write_folder"]
