"""Who issued what: the name and the key must both fit, and a certificate has one spelling."""

import pytest

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates import read_certificate
from ridgeway.protocol.certificates.keys import is_issued_by
from ridgeway.protocol.certificates.tests.cast import ISSUING, ROOT, SIGNER, Wanted, issue

SAME_KEY = issue(Wanted("Other name", usage=ISSUING, is_authority=True, key=ROOT.key))
SAME_NAME = issue(Wanted("Root", usage=ISSUING, is_authority=True))


def test_name_and_key_of_the_issuer_must_both_fit():
    assert is_issued_by(SIGNER.certificate, ROOT.certificate)
    assert not is_issued_by(SIGNER.certificate, SAME_KEY.certificate)
    assert not is_issued_by(SIGNER.certificate, SAME_NAME.certificate)


def issue_with_even_end():
    """A certificate whose signature ends in a zero bit, which a careless reader may take for padding."""
    for _ in range(200):
        holder = issue(Wanted("Even"), ROOT)
        if holder.der[-1] % 2 == 0:
            return holder
    raise AssertionError("200 signatures all end in a one bit")


def test_a_certificate_cannot_be_spelt_otherwise_by_calling_the_end_of_its_signature_padding():
    even = issue_with_even_end()
    unused_bits = len(even.der) - len(even.certificate.loaded.signature) - 1
    assert even.der[unused_bits] == 0
    changed = even.der[:unused_bits] + b"\x01" + even.der[unused_bits + 1 :]
    with pytest.raises(CertificateError) as refused:
        read_certificate(changed)
    assert refused.value.code == "incorrect_certificate"
