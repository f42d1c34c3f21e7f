"""Migrations of the labelling database, run by `pilot.label.store.open_store`."""
