"""Is the material fit for use: personal data, faults, duplicates, splits, currency."""

from pilot.quality.privacy import redact

__all__ = ["redact"]
