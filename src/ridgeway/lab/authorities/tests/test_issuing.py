"""Stories of what the authority certifies, what it refuses, and what it says of it later."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ridgeway.errors import RequestError
from ridgeway.lab.authorities.ca import find_usage, open_certification_authority
from ridgeway.lab.authorities.keys import KeyKind
from ridgeway.lab.authorities.ocsp import write_ocsp_response
from ridgeway.lab.authorities.tests.cast import OCSP_URL, ask, make_csr, open_ca
from ridgeway.lab.authorities.tsa import open_timestamping_authority
from ridgeway.protocol.timestamps import write_timestamp_request

quick = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SHA1_WITH_NULL = bytes.fromhex("300906052b0e03021a0500")


def status_of(answer: bytes) -> ocsp.OCSPCertStatus:
    return ocsp.load_der_ocsp_response(answer).certificate_status


def damage(data, whole: bytes) -> bytes:
    """Some bytes of `whole` changed, or its end cut off; what is drawn does not depend on its length."""
    damaged = bytearray(whole)
    places = st.integers(0, 9_999).map(lambda number: number % len(whole))
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=4)):
        damaged[place] = value
    cut = data.draw(st.none() | places)
    return bytes(damaged[:cut])


def sign_again(content: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """A request with this content, whatever it is, under a signature that fits."""
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")
    return wrap(0x30, content + algorithm + wrap(0x03, b"\0" + key.sign(content, ec.ECDSA(hashes.SHA256()))))


def make_csr_of_a_long_country() -> bytes:
    """A request whose country is the name of its organisation."""
    key = ec.generate_private_key(ec.SECP256R1())
    content = x509.load_der_x509_csr(make_csr(key)).tbs_certrequest_bytes
    organisation, country = bytes.fromhex("060355040a"), bytes.fromhex("0603550406")
    assert content.count(organisation) == 1
    return sign_again(content.replace(organisation, country), key)


def wrap(tag: int, content: bytes) -> bytes:
    """A value of ASN.1 in DER, shorter than 65,536 bytes."""
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def test_a_certificate_has_the_subject_and_names_that_were_asked_for(tmp_path):
    csr = make_csr(encoding=Encoding.PEM, dns_name="ss.example")
    certificate = x509.load_pem_x509_certificate(open_ca(tmp_path).issue(csr, "authentication"))
    assert certificate.subject == x509.load_pem_x509_csr(csr).subject
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["ss.example"]
    location = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert [each.access_location.value for each in location] == [OCSP_URL]


@pytest.mark.parametrize(
    "make",
    [
        lambda good: good[:-1] + bytes([good[-1] ^ 1]),
        lambda good: make_csr(rsa.generate_private_key(65537, 1024)),
        lambda good: make_csr(ed25519.Ed25519PrivateKey.generate()),
        lambda good: make_csr(ec.generate_private_key(ec.SECP256K1())),
        lambda good: make_csr(subject=()),
        lambda good: make_csr_of_a_long_country(),
        lambda good: b"",
        lambda good: b"x" * 100_000,
        lambda good: b"-----BEGIN NOTHING-----",
    ],
    ids=[
        "forged",
        "RSA of 1024 bits",
        "Ed25519",
        "a curve that is not used",
        "no subject",
        "a country of many letters",
        "nothing",
        "too long",
        "no PEM",
    ],
)
def test_what_must_not_be_certified_is_refused(tmp_path, make):
    with pytest.raises(RequestError) as refused:
        open_ca(tmp_path).issue(make(make_csr()), "signing")
    assert refused.value.code == "invalid_request"


@quick
@given(data=st.data(), is_signed_again=st.booleans())
def test_a_damaged_request_is_certified_or_refused_and_nothing_else(tmp_path, data, is_signed_again):
    authority, key = open_ca(tmp_path), ec.generate_private_key(ec.SECP256R1())
    request = make_csr(key, dns_name="ss.example", signs=True)
    if is_signed_again:
        request = sign_again(damage(data, x509.load_der_x509_csr(request).tbs_certrequest_bytes), key)
    else:
        request = damage(data, request)
    try:
        usage = find_usage(request)
        made = x509.load_pem_x509_certificate(authority.issue(request, usage))
    except RequestError:
        return
    assert authority.find_status(made.serial_number) == (True, None)


def test_a_request_that_was_signed_again_is_as_good_as_the_first(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    content = x509.load_der_x509_csr(make_csr(key)).tbs_certrequest_bytes
    assert open_ca(tmp_path).issue(sign_again(content, key), "signing")


@pytest.mark.parametrize(("signs", "usage"), [(True, "signing"), (False, "authentication"), (None, "authentication")])
def test_a_request_says_what_it_wishes_for(signs, usage):
    assert find_usage(make_csr(signs=signs)) == usage


@pytest.mark.parametrize("kind", list(KeyKind))
def test_an_authority_and_its_keys_stay_when_opened_again(tmp_path, kind):
    first, stamps = open_ca(tmp_path, key_kind=kind), open_timestamping_authority(tmp_path, title="T", key_kind=kind)
    again = open_ca(tmp_path)
    assert (again.certificate, again.ocsp_certificate) == (first.certificate, first.ocsp_certificate)
    assert again.key.public_key() == first.certificate.public_key()
    assert open_timestamping_authority(tmp_path, title="T").certificate == stamps.certificate
    for file in tmp_path.glob("**/*.key"):
        assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()], ids=["SHA-1", "SHA-256"])
def test_the_responder_does_not_vouch_for_another_authority_with_the_same_number(tmp_path, algorithm):
    authority = open_ca(tmp_path)
    other = open_certification_authority(tmp_path / "other", title="Other", ocsp_url=OCSP_URL)
    pem = authority.issue(make_csr(), "signing")
    assert status_of(write_ocsp_response(authority, ask(pem, authority.certificate, algorithm=algorithm))) is (
        ocsp.OCSPCertStatus.GOOD
    )
    assert status_of(write_ocsp_response(authority, ask(pem, other.certificate, algorithm=algorithm))) is (
        ocsp.OCSPCertStatus.UNKNOWN
    )


def test_a_revocation_by_another_process_is_seen_at_once(tmp_path):
    authority = open_ca(tmp_path)
    pem = authority.issue(make_csr(), "signing")
    question = ask(pem, authority.certificate)
    assert status_of(write_ocsp_response(authority, question)) is ocsp.OCSPCertStatus.GOOD
    assert open_ca(tmp_path).revoke(x509.load_pem_x509_certificate(pem).serial_number)
    assert status_of(write_ocsp_response(authority, question)) is ocsp.OCSPCertStatus.REVOKED


def test_an_answer_echoes_the_identifier_byte_for_byte_and_the_nonce(tmp_path):
    authority = open_ca(tmp_path)
    question = ask(authority.issue(make_csr(), "signing"), authority.certificate, nonce=b"n" * 32)
    answer = write_ocsp_response(authority, question)
    start = question.index(SHA1_WITH_NULL) - 2
    assert question[start : start + 2 + question[start + 1]] in answer
    read = ocsp.load_der_ocsp_response(answer)
    assert read.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 32
    assert read.next_update_utc is not None
    assert read.next_update_utc > read.this_update_utc


@quick
@given(data=st.data(), garbage=st.binary(max_size=200))
def test_any_question_gets_an_answer(tmp_path, data, garbage):
    authority = open_ca(tmp_path)
    pem = authority.ocsp_certificate.public_bytes(Encoding.PEM)
    good = ask(pem, authority.certificate, nonce=b"1234567890")
    for question in (garbage, damage(data, good)):
        read = ocsp.load_der_ocsp_response(write_ocsp_response(authority, question))
        assert read.response_status in {
            ocsp.OCSPResponseStatus.SUCCESSFUL,
            ocsp.OCSPResponseStatus.MALFORMED_REQUEST,
        }


@quick
@given(data=st.data(), garbage=st.binary(max_size=200))
def test_any_wish_for_a_stamp_gets_an_answer(tmp_path, data, garbage):
    authority = open_timestamping_authority(tmp_path, title="T")
    for wish in (garbage, damage(data, write_timestamp_request(b"d" * 64))):
        assert authority.stamp(wish)[:1] == b"0"
