"""Certificates, paths and revocation answers of X-Road's own tests, from VECTORS_DIR; skipped by name without it."""

import base64
import hashlib
import json
import os
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from cryptography.x509 import ocsp

from ridgeway.errors import CertificateError, RidgewayError
from ridgeway.protocol.certificates import (
    SubjectNames,
    find_ocsp_answer,
    list_subject_fields,
    read_certificate,
    read_certificates,
    read_ocsp_answer,
    render_alternative_names,
    verify_chain,
    verify_ocsp,
)
from ridgeway.protocol.certificates.chains import Usage
from ridgeway.protocol.certificates.ocsp import hash_authority
from ridgeway.protocol.certificates.profiles import ATTRIBUTES, PROFILES, MisfitError, Subject
from ridgeway.protocol.certificates.tests.cast import Answered, Holder, answer, service_of, trust_of
from ridgeway.protocol.globalconf import build_snapshot, read_folder
from ridgeway.protocol.identifiers import MemberId, ServerId

VECTORS = Path(os.environ.get("VECTORS_DIR") or Path(__file__).parents[6] / "shared" / "vectors")
KINDS = {"cert", "cert-chain", "cert-profile", "certpath", "ocsp", "ocsp-recipe"}
THEN = datetime(2012, 10, 1, tzinfo=UTC)


def read_entries():
    """The vectors of these kinds, by name; one that says so when there is no folder."""
    if not (VECTORS / "vectors.json").is_file():
        return [pytest.param(None, marks=pytest.mark.skip(reason="VECTORS_DIR has no vectors.json"), id="vectors")]
    entries = json.loads((VECTORS / "vectors.json").read_bytes())
    return [pytest.param(entry, id=entry["id"]) for entry in entries if entry["kind"] in KINDS]


@pytest.mark.parametrize("entry", read_entries())
def test_the_vector_comes_out_as_its_folder_says(entry):
    check = CHECKS[entry["kind"], entry["context"].get("operation", "").partition(" ")[0]]
    check(entry)


def check_certificate(entry):
    certificate = read_certificate((VECTORS / entry["files"][0]).read_bytes())
    compare_certificate(certificate, entry["expect"]["values"])


def check_chain_text(entry):
    certificates = read_certificates((VECTORS / entry["files"][0]).read_bytes())
    expected = entry["expect"]["values"]["certificates"]
    assert len(certificates) == len(expected)
    for certificate, values in zip(certificates, expected, strict=True):
        compare_certificate(certificate, values)


def compare_certificate(certificate, expected):
    values = {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": str(certificate.serial),
        "not_before": render_time(certificate.not_before),
        "not_after": render_time(certificate.not_after),
        "sha1": certificate.sha1.hex(),
        "sha256": certificate.sha256.hex(),
        "is_auth_cert": certificate.is_authentication,
        "is_signing_cert": certificate.is_signing,
        "signature_algorithm_oid": certificate.loaded.signature_algorithm_oid.dotted_string,
    }
    if "subject_alternative_names" in expected:
        values["subject_alternative_names"] = render_alternative_names(certificate)
    wanted = {key: expected[key] for key in values}
    for key in ("is_auth_cert", "is_signing_cert"):
        wanted[key] = wanted[key] is True  # X-Road raises where there is no key usage; here such a one is neither
    assert values == wanted


def render_time(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def check_digests(entry):
    cases = json.loads((VECTORS / entry["files"][0]).read_bytes())
    data = bytes.fromhex(cases["cert_bytes_hex"])
    for name in ("sha1", "sha256"):
        assert base64.b64encode(hashlib.new(name, data).digest()).decode() == cases[f"{name}_base64"]


def check_private_key(entry):
    pytest.skip("a private key, which the signer reads")


def check_profiles(entry):
    cases = json.loads((VECTORS / entry["files"][0]).read_bytes())
    oids = {"SERIALNUMBER": "2.5.4.5", "2.5.4.97": "2.5.4.97"} | {name: oid for oid, name in ATTRIBUTES.items()}
    for name in ("FiVRK", "Ejbca"):
        for case in cases[name]["subject_identifier_sign"]:
            values = {oids[key]: value for key, value in (part.split("=", 1) for part in case["subject"].split(", "))}
            assert find_member(name, values, instance=case.get("id", "FI-TEST").split("/")[0]) == case.get("id")
    for subject, expected in cases["SkKlass3"]["subject_identifier(instance XX)"]:
        key, value = subject.split("=", 1)
        found = find_member("SkKlass3", {oids[key]: value}, instance="XX")
        assert found == (None if expected == "error" else expected)
    check_fields(cases)


def find_member(profile, values, *, instance):
    """The member that a subject names, as its codes; None when it names nobody."""
    try:
        return "/".join(PROFILES[f"{profile}CertificateProfileInfoProvider"](Subject(values), instance).codes)
    except MisfitError:
        return None


def check_fields(cases):
    server = ServerId("XX", "foo", "bar", "server")
    asked: list[tuple[str, str, MemberId, Usage]] = [
        ("FiVRK", "sign_fields(server XX/foo/bar/server, client XX/Foo/Bar)", MemberId("XX", "Foo", "Bar"), "signing"),
        ("FiVRK", "auth_fields(server XX/foo/bar/server)", server.owner, "authentication"),
        ("Ejbca", "sign_fields(client XX/foo/bar)", server.owner, "signing"),
        ("Ejbca", "auth_fields(server XX/foo/bar/server)", server.owner, "authentication"),
        ("SkKlass3", "fields", server.owner, "signing"),
        ("SkKlass3", "fields", server.owner, "authentication"),
    ]
    for profile, key, member, usage in asked:
        names = SubjectNames(member, server, "foobar")
        fields = list_subject_fields(f"{profile}CertificateProfileInfoProvider", usage=usage, names=names)
        rows = [[each.name, each.value, "editable" if each.is_open else "readonly"] for each in fields]
        assert rows == cases[profile][key]


def load_holder(name):
    """A key and its certificate; the old files are not strict in their form."""
    with warnings.catch_warnings(action="ignore"):
        key, certificate, _ = load_key_and_certificates((VECTORS / "certs" / name).read_bytes(), b"test")
    assert isinstance(key, RSAPrivateKey)
    assert certificate is not None
    return Holder(key, read_certificate(certificate.public_bytes(Encoding.DER)))


def check_path(entry):
    """The anchor of the case and what comes along are the approved authorities; the case is asked of a time then."""
    context = entry["context"]
    leaf, root = (load_holder(f"test_chain/{context[each]}.p12") for each in ("end_entity", "trust_anchor"))
    extra = [load_holder(f"test_chain/{each}.p12") for each in context["additional"]]
    responder = load_holder("ocspsigner.p12")
    trust = trust_of(service_of(root, *extra, responder=responder))
    at = find_moment(context["validation_time"], leaf=leaf, root=root)
    line = [leaf, *sorted(extra, key=lambda each: each.certificate.subject, reverse=True), root]
    says = Answered(this_update=at)
    proofs = [answer(one.certificate, two.certificate, responder, says) for one, two in pairwise(line)]
    outcome = run(
        verify_chain,
        leaf.certificate,
        [each.certificate for each in extra],
        trust=trust,
        instance="LAB",
        ocsp_responses=proofs,
        at=at,
        usage="authentication",
    )
    assert outcome == entry["expect"].get("codes", {"7.8": "valid"})["7.8"]


def find_moment(text, *, leaf, root):
    """The time of a case; those that say `now` mean a time at which the certificates were still valid."""
    if text.endswith(".notBefore + 1 day"):
        holder = root if text.startswith("root_ca") else leaf
        return holder.certificate.not_before + timedelta(days=1)
    return THEN


def run(verify, *args, **context):
    """`valid`, or the code of the refusal."""
    try:
        verify(*args, **context)
    except RidgewayError as error:
        return error.code
    return "valid"


def check_answer(entry):
    response, subject, issuer = (VECTORS / each for each in entry["files"])
    subject, issuer = read_certificate(subject.read_bytes()), read_certificate(issuer.read_bytes())
    folder = VECTORS / entry["context"]["globalconf"]
    files = {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    trust = build_snapshot(read_folder(files))
    own = replace(trust.own, ocsp_freshness_seconds=entry["context"]["ocsp_freshness_seconds"])
    trust = replace(trust, instances={**trust.instances, trust.own_instance: own})
    context: dict[str, Any] = {
        "subject": subject,
        "issuer": issuer,
        "trust": trust,
        "at": datetime.fromisoformat(entry["context"]["verify_at"]),
    }
    if entry["expect"]["result"] == "error":
        with pytest.raises(CertificateError) as refused:
            verify_ocsp(response.read_bytes(), **context)
        assert refused.value.code == entry["expect"]["codes"]["7.8"]
        return
    proven = verify_ocsp(response.read_bytes(), **context)
    compare_answer(response.read_bytes(), proven, issuer, entry["expect"]["values"])
    assert find_ocsp_answer([response.read_bytes()], subject=subject, issuer=issuer) is not None


def compare_answer(data, proven, issuer, expected):
    read = read_ocsp_answer(data)
    named = hash_authority(issuer)
    assert {
        "status": read.single.certificate_status.name.lower(),
        "this_update": render_time(proven.this_update),
        "produced_at": render_time(proven.produced_at),
        "next_update": proven.next_update and render_time(proven.next_update),
        "cert_id_hash": read.single.hash_algorithm.name,
        "responder": proven.responder.subject,
        "responder_id": "by_name" if read.response.responder_name else "by_key",
        "issuer_name_hash": named.name.hex(),
        "issuer_key_hash": named.key.hex(),
        "serial": str(read.single.serial_number),
    } == expected


def check_recipe(entry):
    """A response made as the recipe says; the signer alone is configured, for no authority."""
    cases = json.loads((VECTORS / entry["files"][0]).read_bytes())["cases"]
    case = next(each for each in cases if each["id"] == entry["context"]["case"])
    root, user = load_holder("test_chain/root_ca.p12"), load_holder("test_chain/user_0.p12")
    signer = load_holder(case["signer_cert"]) if "signer_cert" in case else root
    says = Answered(
        status=ocsp.OCSPCertStatus.REVOKED if "revoked" in case["status"] else ocsp.OCSPCertStatus.GOOD,
        this_update=THEN + timedelta(days=1) if case["this_update"] == "+1d" else THEN,
        next_update=THEN - timedelta(milliseconds=12345) if case["next_update"] else None,
    )
    data = answer(user.certificate, root.certificate, signer, says)
    other = service_of(load_holder("test_chain/ca_1.p12"), responder=signer)
    issuer = root if case["verify"][1] == "issuer" else user
    outcome = run(
        verify_ocsp,
        data,
        subject=user.certificate,
        issuer=issuer.certificate,
        trust=trust_of(other, verify_next_update=case.get("verify_next_update", True)),
        at=THEN,
    )
    assert outcome == entry["expect"].get("codes", {"7.8": "valid"})["7.8"]


CHECKS = {
    ("cert", ""): check_certificate,
    ("cert", "certificate"): check_digests,
    ("cert", "read"): check_private_key,
    ("cert-chain", ""): check_chain_text,
    ("cert-profile", ""): check_profiles,
    ("certpath", ""): check_path,
    ("ocsp", ""): check_answer,
    ("ocsp-recipe", ""): check_recipe,
}
"""Kind and first word of the operation → its check."""
