"""The message log: every message durable before it leaves, stamped, and provable years later.

Law: `ridgeway messagelog run` is the only writer; the gateway appends and reads through `MessageLogClient`, which
needs no Django. Django owns the tables' shape alone (`models.py`, migrations).
Read next: `store.py` (the hot path), `stamping.py`, `downloads.py`.
"""
