"""Whom the lab's country trusts: a certification authority with its OCSP responder, and a time-stamping authority.

Law: real keys, real certificates, real answers; only who may ask is not checked, so production refuses to run them.
Read next: `ca.py`, `ocsp.py`, `tsa.py`, then `serve.py`.
"""

from ridgeway.lab.authorities.ca import (
    CertificateUsage,
    CertificationAuthority,
    create_certification_authority,
    open_certification_authority,
)
from ridgeway.lab.authorities.identity import KeyKind
from ridgeway.lab.authorities.ocsp import answer_ocsp
from ridgeway.lab.authorities.serve import run_certification_authority, run_timestamping_authority
from ridgeway.lab.authorities.tsa import (
    TimestampingAuthority,
    create_timestamping_authority,
    open_timestamping_authority,
)

__all__ = [
    "CertificateUsage",
    "CertificationAuthority",
    "KeyKind",
    "TimestampingAuthority",
    "answer_ocsp",
    "create_certification_authority",
    "create_timestamping_authority",
    "open_certification_authority",
    "open_timestamping_authority",
    "run_certification_authority",
    "run_timestamping_authority",
]
