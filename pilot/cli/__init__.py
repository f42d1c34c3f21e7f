"""The command ``pilot``: one module per group of commands; they parse and print, they decide nothing."""

from pilot.cli.entry import app, main

__all__ = ["app", "main"]
