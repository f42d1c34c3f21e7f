"""Vietnamese text: one normal form, word segmentation, and what people do to both when they type."""

from pilot.text.accents import restore_accents
from pilot.text.clean import normalise
from pilot.text.segmenter import segment, segment_many

__all__ = ["normalise", "restore_accents", "segment", "segment_many"]
