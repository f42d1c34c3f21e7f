"""The pilot in people's hands."""
