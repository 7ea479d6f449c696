"""Is this certificate good, for this use, at this time? Certificates, profiles, paths, revocation answers, peers.

Read in this order: `x509.py` what a certificate says, `chains.py` who issued it, `ocsp.py` whether it was revoked,
`peers.py` which security server it is of, `profiles.py` which member it signs for. `snapshot.py` is whom we trust.
"""

from ridgeway.protocol.certificates.alternativenames import render_alternative_names
from ridgeway.protocol.certificates.chains import VerifiedChain, verify_chain
from ridgeway.protocol.certificates.ocsp import (
    OcspAnswer,
    VerifiedOcsp,
    find_ocsp_answer,
    read_ocsp_answer,
    verify_ocsp,
    write_ocsp_request,
)
from ridgeway.protocol.certificates.peers import VerifiedPeer, find_server_by_certificate, verify_peer_chain
from ridgeway.protocol.certificates.profiles import member_from_subject
from ridgeway.protocol.certificates.subjects import SubjectField, SubjectNames, list_subject_fields
from ridgeway.protocol.certificates.verdicts import VerdictCache
from ridgeway.protocol.certificates.x509 import Certificate, read_certificate, read_certificates

__all__ = [
    "Certificate",
    "OcspAnswer",
    "SubjectField",
    "SubjectNames",
    "VerdictCache",
    "VerifiedChain",
    "VerifiedOcsp",
    "VerifiedPeer",
    "find_ocsp_answer",
    "find_server_by_certificate",
    "list_subject_fields",
    "member_from_subject",
    "read_certificate",
    "read_certificates",
    "read_ocsp_answer",
    "render_alternative_names",
    "verify_chain",
    "verify_ocsp",
    "verify_peer_chain",
    "write_ocsp_request",
]
