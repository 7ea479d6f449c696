"""The first rows of a service: what it cannot be opened without, and an invented country to try it with.

Law: what is there stays as it is; a second time adds only what is missing. Next: `rows.py`, `places.py`.
"""
