"""Quality: is a dataset sound, how is it cut so that nothing leaks, what in it is personal."""

from pilot.quality.privacy import redact

__all__ = ["redact"]
