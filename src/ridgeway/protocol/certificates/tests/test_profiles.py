"""Profiles: the member that a subject names, or a refusal, never a guess; and the way back to a subject."""

import warnings

import pytest
from cryptography import x509
from cryptography.x509.name import _ASN1Type
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import SignatureError, TrustError
from ridgeway.protocol.certificates import SubjectField, SubjectNames, list_subject_fields, member_from_subject
from ridgeway.protocol.certificates.profiles import ATTRIBUTES, PROFILES, MisfitError, Subject
from ridgeway.protocol.certificates.subjects import TABLES
from ridgeway.protocol.certificates.tests.cast import MEMBER, SERVER, Wanted, issue
from ridgeway.protocol.identifiers import MemberId

OIDS = {name: x509.ObjectIdentifier(oid) for oid, name in ATTRIBUTES.items()}


def certificate_of(subject):
    """A certificate with any subject: X-Road writes instances as countries, whatever their length."""
    with warnings.catch_warnings(action="ignore"):
        attributes = [
            x509.NameAttribute(OIDS[name], value, _ASN1Type.UTF8String, _validate=False) for name, value in subject
        ]
        return issue(Wanted("", subject=x509.Name(attributes))).certificate


def parse(text):
    return [tuple(part.split("=", 1)) for part in text.split(",")]


@pytest.mark.parametrize(
    ("profile", "subject", "member"),
    [
        ("Basic", "C=EE,O=ACME,CN=ACME,businessCategory=COM,serialNumber=1", "COM/1"),
        ("BasicACME", "C=EE,O=ACME,CN=ACME,businessCategory=COM,serialNumber=1", "COM/1"),
        ("Ejbca", "C=LAB,O=COM,CN=1", "COM/1"),
        ("FiVRK", "C=FI,O=ACME,CN=1,serialNumber=LAB/ss1/COM", "COM/1"),
        ("FiVRK", "C=FI,O=LAB,OU=COM,CN=1", "COM/1"),
        ("FiVRK", "C=LAB,O=COM,CN=1", "COM/1"),
        ("Is", "C=IS,O=LAB,OU=COM,CN=1,serialNumber=LAB/COM/1/ss1", "COM/1"),
        ("Is", "C=LAB,O=COM,CN=1", "COM/1"),
        ("Fo", "C=FO,O=LAB,OU=COM,CN=1,serialNumber=LAB/COM/1/ss1", "COM/1"),
        ("SkKlass3", "organizationIdentifier=NTREE-12345678,serialNumber=7", "COM/12345678"),
        ("SkKlass3", "organizationIdentifier=GO:EE-7", "GOV/7"),
        ("SkKlass3", "organizationIdentifier=NP:EE-9", "NGO/9"),
        ("SkKlass3", "organizationIdentifier=VATFI-1", "NEE/VATFI-1"),
        ("SkKlass3", "serialNumber=12345678", "COM/12345678"),
        ("SkKlass3", "serialNumber=72345678", "GOV/72345678"),
        ("SkKlass3", "serialNumber=92345678", "NGO/92345678"),
        ("SkEsteId", "serialNumber=47101010033", "PERSON/47101010033"),
        ("Ejbca", "C=LAB,O=COM,CN=general,CN=specific", "COM/specific"),
    ],
)
def test_a_subject_names_its_member(profile, subject, member):
    profile = f"ee.ria.xroad.common.certificateprofile.impl.{profile}CertificateProfileInfoProvider"
    certificate, expected = certificate_of(parse(subject)), MemberId("LAB", *member.split("/"))
    assert member_from_subject(certificate, profile, "LAB") == expected
    assert member_from_subject(certificate, profile.rpartition(".")[2], "LAB") == expected


@pytest.mark.parametrize(
    ("profile", "subject"),
    [
        ("Basic", "C=EE,O=ACME,serialNumber=1"),
        ("Basic", "C=EE,businessCategory=COM"),
        ("Ejbca", "C=XX,O=COM,CN=1"),
        ("Ejbca", "O=COM,CN=1"),
        ("FiVRK", "C=SE,O=ACME,CN=1,serialNumber=LAB/ss1/COM"),
        ("FiVRK", "C=FI,CN=1,serialNumber=LAB/ss1/COM"),
        ("FiVRK", "C=FI,O=ACME,CN=1,serialNumber=LAB/ss1"),
        ("FiVRK", "C=FI,O=ACME,CN=1,serialNumber=LAB/ss1/"),
        ("FiVRK", "C=FI,O=ACME,CN=1,serialNumber=OTHER/ss1/COM"),
        ("FiVRK", "C=FI,O=ACME,serialNumber=LAB/ss1/COM"),
        ("Is", "C=IS,O=LAB,OU=COM,CN=1"),
        ("Is", "C=FI,O=LAB,OU=COM,CN=1,serialNumber=1"),
        ("Fo", "C=FO,O=LAB,OU=COM,CN=1"),
        ("Fo", "C=FO,O=OTHER,OU=COM,CN=1,serialNumber=1"),
        ("SkKlass3", "CN=1"),
        ("SkKlass3", "serialNumber=123"),
        ("SkKlass3", "serialNumber=02345678"),
        ("SkKlass3", "serialNumber=١٢٣٤٥٦٧٨"),
        ("SkKlass3", "organizationIdentifier=NTREE-"),
        ("SkEsteId", "CN=1"),
    ],
)
def test_a_subject_that_does_not_fit_names_nobody(profile, subject):
    with pytest.raises(SignatureError) as refused:
        member_from_subject(certificate_of(parse(subject)), f"{profile}CertificateProfileInfoProvider", "LAB")
    assert refused.value.code == "incorrect_certificate"


@pytest.mark.parametrize("profile", ["", "x.y.Unknown", "Basic", "\n" * 500])
def test_an_unknown_profile_names_nobody(profile):
    with pytest.raises(SignatureError, match="is not known"):
        member_from_subject(certificate_of(parse("CN=1")), profile, "LAB")


@settings(deadline=None)
@given(
    st.sampled_from(sorted(PROFILES)),
    st.dictionaries(
        st.sampled_from(sorted(ATTRIBUTES)), st.text(max_size=12) | st.sampled_from(["LAB", "FI", "LAB/s/C"])
    ),
)
def test_whatever_a_subject_says_it_names_a_member_of_the_instance_or_nobody(profile, values):
    try:
        member = PROFILES[profile](Subject(values), "LAB")
    except MisfitError:
        return
    assert member.instance == "LAB"
    assert all(member.codes)


@pytest.mark.parametrize(
    "profile",
    sorted(set(PROFILES) - {"SkKlass3CertificateProfileInfoProvider", "SkEsteIdCertificateProfileInfoProvider"}),
)
def test_the_subject_to_ask_for_names_the_member_it_is_asked_for(profile):
    fields = list_subject_fields(profile, usage="signing", names=SubjectNames(MEMBER, SERVER, "Office"))
    values = {OIDS[each.name].dotted_string: each.value or "filled in" for each in fields if each.name in OIDS}
    assert PROFILES[profile](Subject(values), "LAB") == MEMBER


def test_the_fields_stand_in_the_order_of_the_profile():
    fields = list_subject_fields(
        "a.b.FiVRKCertificateProfileInfoProvider", usage="authentication", names=SubjectNames(MEMBER, SERVER)
    )
    assert fields == (
        SubjectField("C", "FI"),
        SubjectField("O", "", is_open=True),
        SubjectField("serialNumber", "LAB/ss1/GOV"),
        SubjectField("CN", "", is_open=True),
        SubjectField("subjectAltName", "", is_open=True),
    )


def test_every_profile_that_is_read_can_be_asked_for():
    assert set(TABLES) == set(PROFILES)
    with pytest.raises(TrustError) as refused:
        list_subject_fields("Unknown", usage="signing", names=SubjectNames(MEMBER, SERVER))
    assert refused.value.code == "malformed_global_conf"
