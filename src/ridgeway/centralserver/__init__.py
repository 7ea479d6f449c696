"""Governs an instance: who is in it, whom it trusts, and the signed configuration that says so.

Law: one document says all of it; every version is kept. The configuration is signed with keys that stay in the signer,
and every version and both kinds are published together or not at all.
Read next: `documents.py` (what is applied), `directories.py` and `publishing.py` (what is made of it), `serving.py`.
"""
