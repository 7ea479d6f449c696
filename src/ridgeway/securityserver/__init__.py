"""One organisation's side: which clients speak here, what they offer, and who may call it.

Law: one document says all of it; applying it keeps every version in the database and writes the snapshot that the
gateway's workers follow. Read next: `documents.py`, `apply.py`.
"""
