"""One command, `ridgeway`: it gathers each room's commands and renders what they raise."""

from ridgeway.cli.main import main

__all__ = ["main"]
