"""The contents of a report, room by room."""
