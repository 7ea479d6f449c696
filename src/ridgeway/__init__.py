"""Ridgeway: organisations exchange signed, logged, provable messages, and public services stand on that.

Read `ARCHITECTURE.md` first; it walks one message through the rooms of this package.
"""

__version__ = "0.1.0"
