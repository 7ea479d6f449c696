"""The kinds of certificates, paths and revocation answers.

Law: as `outcome.py` says; every kind runs through the public names of `ridgeway.protocol.certificates`. Where a vector
wants keys to answer with, the answers are made here, as its context says.
Differs: X-Road raises when a certificate without key usage is asked what it is for; here such a one is for nothing.
"""

import base64
import hashlib
import re
import tempfile
import tomllib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12
from cryptography.x509 import ocsp
from tests.conformance.kinds_timestamp import read_trust
from tests.conformance.outcome import Outcome, Vector, judge_cases, skip, valid

from ridgeway.errors import SettingsError, SignatureError
from ridgeway.gateway.internaltls import FILE, import_certificate
from ridgeway.protocol.certificates import (
    Certificate,
    SubjectNames,
    list_subject_fields,
    member_from_subject,
    read_certificate,
    read_certificates,
    read_ocsp_answer,
    render_alternative_names,
    verify_chain,
    verify_ocsp,
)
from ridgeway.protocol.certificates.chains import Usage
from ridgeway.protocol.certificates.names import find_values
from ridgeway.protocol.certificates.snapshot import (
    Authority,
    CertificationService,
    InstanceTrust,
    OcspResponder,
    TrustSnapshot,
)
from ridgeway.protocol.identifiers import MemberId, ServerId

THEN = datetime(2012, 10, 1, tzinfo=UTC)
"""For the cases that say `now`: a time at which their certificates, long expired, were still valid."""
INSTANCE = "VECTORS"
PASSWORD = b"test"
PROFILE = "ee.ria.xroad.common.certificateprofile.impl.{}CertificateProfileInfoProvider"
OIDS = {
    "C": "2.5.4.6",
    "O": "2.5.4.10",
    "CN": "2.5.4.3",
    "serialNumber": "2.5.4.5",
    "SERIALNUMBER": "2.5.4.5",
    "2.5.4.97": "2.5.4.97",
}
USAGES_BY_KEY: dict[str, tuple[Usage, ...]] = {
    "sign_fields": ("signing",),
    "auth_fields": ("authentication",),
    "fields": ("signing", "authentication"),
}
INTERNAL_TLS = Path(__file__).resolve().parent / "internal_tls.toml"
NO_KEY_USAGE = "error: no keyUsage"


def check_cert(vector: Vector, root: Path) -> Outcome:
    """One certificate in one of its forms, or the digests by which certificates are known."""
    operation = vector.context.get("operation", "")
    if operation.startswith("certificate digests"):
        return compare_digests(vector.read_json(root))
    if operation == "read private key":
        return valid({"readable": load_pem_private_key(vector.read(root), None) is not None})
    if operation:
        return skip(f"an operation that is not of certificates: {operation}")
    imported = tomllib.loads(INTERNAL_TLS.read_text("utf-8")).get(vector.id)
    values = {} if imported is None else {"import_as_internal_tls_certificate": try_import(vector, root, imported)}
    return valid(describe_certificate(read_certificate(vector.read(root))) | values)


def try_import(vector: Vector, root: Path, current: dict[str, str]) -> str:
    """What comes of importing the certificate, in X-Road's words; `current` names the key and certificate in use."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / FILE).write_bytes(b"".join((root / current[each]).read_bytes() for each in ("key", "certificate")))
        try:
            import_certificate(folder, vector.read(root), now=datetime.now(UTC))
        except SettingsError as error:
            return "".join(word.title() for word in error.code.split("_"))
    return "accepted"


def compare_digests(case: dict[str, str]) -> Outcome:
    """The two digests by which certificates are known."""
    data = bytes.fromhex(case["cert_bytes_hex"])
    named = {"sha1_base64": hashlib.sha1(data, usedforsecurity=False), "sha256_base64": hashlib.sha256(data)}
    found = {name: base64.b64encode(digest.digest()).decode() for name, digest in named.items()}
    return judge_cases([f"{name} is {each}" for name, each in found.items() if each != case[name]], result="valid")


def check_cert_chain(vector: Vector, root: Path) -> Outcome:
    """Several certificates in one text; the values that are expected of each are compared."""
    found = [describe_certificate(each) for each in read_certificates(vector.read(root))]
    return valid({"certificates": lambda expected: are_described(found, expected)})


def are_described(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> bool:
    """Whether there are as many as expected, each with every value that is expected of it."""
    return len(found) == len(expected) and all(
        key in each and each[key] == value
        for each, wanted in zip(found, expected, strict=True)
        for key, value in wanted.items()
    )


def describe_certificate(certificate: Certificate) -> dict[str, Any]:
    """The values that a folder may expect of a certificate."""
    usages, extended = list_usages(certificate)
    subject = find_values(certificate.loaded.subject)
    is_silent = usages is None and not certificate.is_authentication
    return {
        "subject": certificate.subject,
        "subject_as_java_prints_it": certificate.subject,
        "issuer": certificate.issuer,
        "serial": str(certificate.serial),
        "not_before": render_time(certificate.not_before),
        "not_after": render_time(certificate.not_after),
        "sha1": certificate.sha1.hex(),
        "sha256": certificate.sha256.hex(),
        "signature_algorithm_oid": certificate.loaded.signature_algorithm_oid.dotted_string,
        "key_usage": usages,
        "extended_key_usage": extended,
        "is_auth_cert": NO_KEY_USAGE if is_silent else certificate.is_authentication,
        "is_signing_cert": NO_KEY_USAGE if usages is None and not certificate.is_signing else certificate.is_signing,
        "subject_alternative_names": render_alternative_names(certificate),
        "subject_common_name": subject.get(OIDS["CN"]),
        "subject_serial_number": subject.get(OIDS["serialNumber"]),
    }


def list_usages(certificate: Certificate) -> tuple[list[str] | None, list[str] | None]:
    """The names of the key usages and the OIDs of the extended ones; None where there is no such extension."""
    usages = extended = None
    for each in certificate.loaded.extensions:
        if isinstance(each.value, x509.KeyUsage):
            usages = list(list_bits(each.value))
        elif isinstance(each.value, x509.ExtendedKeyUsage):
            extended = [usage.dotted_string for usage in each.value]
    return usages, extended


def list_bits(usage: x509.KeyUsage) -> Iterator[str]:
    """The names of the bits that are set, in their order."""
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    return (name for name in (*names, "key_cert_sign", "crl_sign") if getattr(usage, name))


def render_time(moment: datetime) -> str:
    """A time in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def check_cert_profile(vector: Vector, root: Path) -> Outcome:
    """What subjects name, and what is to be asked for, by each profile."""
    document = vector.read_json(root)
    return judge_cases([*compare_members(document), *compare_fields(document)])


def compare_members(document: dict[str, Any]) -> Iterator[str]:
    """Each subject that names another member than the file says, as a phrase."""
    for profile, cases in document.items():
        for case in cases.get("subject_identifier_sign", ()):
            # The file leaves out the instance of the cases that are refused; the subjects say which one it would be.
            instance = case.get("id", "FI-TEST/").split("/")[0]
            yield from compare_member(profile, case["subject"], case.get("id"), instance=instance)
        for subject, expected in cases.get("subject_identifier(instance XX)", ()):
            yield from compare_member(profile, subject, None if expected == "error" else expected, instance="XX")


def compare_member(profile: str, subject: str, expected: str | None, *, instance: str) -> Iterator[str]:
    """A phrase when a subject names another member."""
    certificate = make_certificate(parse_subject(subject))
    try:
        found = "/".join(member_from_subject(certificate, PROFILE.format(profile), instance).codes)
    except SignatureError:
        found = None
    if found != expected:
        yield f"{profile}: {subject} names {found}, expected {expected}"


def make_certificate(subject: x509.Name) -> Certificate:
    """A certificate of that subject, by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(THEN).not_valid_after(THEN + timedelta(days=1))
    return read_certificate(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))


def parse_subject(text: str) -> x509.Name:
    """A subject as the file writes it; its values hold no commas."""
    pairs = (part.split("=", 1) for part in text.split(", "))
    return x509.Name([x509.NameAttribute(x509.ObjectIdentifier(OIDS[key]), value) for key, value in pairs])


def compare_fields(document: dict[str, Any]) -> Iterator[str]:
    """Each list of fields that is another than the file's, as a phrase."""
    for profile, cases in document.items():
        for key, expected in cases.items():
            for usage in USAGES_BY_KEY.get(key.partition("(")[0], ()):
                fields = list_subject_fields(PROFILE.format(profile), usage=usage, names=parse_names(key))
                rows = [[each.name, each.value, "editable" if each.is_open else "readonly"] for each in fields]
                if rows != expected:
                    yield f"{profile} {key}: the fields for {usage} are {rows}"


def parse_names(key: str) -> SubjectNames:
    """Whom a key of the file says the certificate is for; where it says nothing, X-Road's test has these."""
    named = {kind: value.split("/") for kind, value in re.findall(r"(server|client) ([^,)]+)", key)}
    server = ServerId(*named.get("server", ("XX", "foo", "bar", "server")))
    return SubjectNames(MemberId(*named["client"]) if "client" in named else server.owner, server, "foobar")


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate with its key."""

    certificate: Certificate
    key: rsa.RSAPrivateKey


def load_holder(path: Path) -> Holder:
    """The key of a PKCS#12 file and its certificate; the old files are not strict in their form."""
    with warnings.catch_warnings(action="ignore"):
        key, certificate, _ = pkcs12.load_key_and_certificates(path.read_bytes(), PASSWORD)
        if not isinstance(key, rsa.RSAPrivateKey) or certificate is None:
            raise ValueError(f"{path.name} holds no RSA key with a certificate")
        return Holder(read_certificate(certificate.public_bytes(Encoding.DER)), key)


@dataclass(frozen=True, slots=True)
class Saying:
    """What a revocation answer is to say."""

    this_update: datetime
    next_update: datetime | None = None
    is_revoked: bool = False


def make_answer(subject: Certificate, issuer: Certificate, responder: Holder, saying: Saying) -> bytes:
    """A revocation answer, its responder by name and its CertID by SHA-1."""
    status = ocsp.OCSPCertStatus.REVOKED if saying.is_revoked else ocsp.OCSPCertStatus.GOOD
    with warnings.catch_warnings(action="ignore"):
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=subject.loaded,
            issuer=issuer.loaded,
            algorithm=hashes.SHA1(),
            cert_status=status,
            this_update=saying.this_update,
            next_update=saying.next_update,
            revocation_time=saying.this_update if saying.is_revoked else None,
            revocation_reason=None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, responder.certificate.loaded)
        return builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER)


def trust_of(*authorities: Certificate, responder: Certificate, verify_next_update: bool = True) -> TrustSnapshot:
    """A configuration with these authorities, for each of which `responder` answers."""
    responders = (OcspResponder("", responder.der),)
    top, *others = (Authority(each.der, responders) for each in authorities)
    service = CertificationService("", PROFILE.format("Ejbca"), top, tuple(others))
    instance = InstanceTrust(INSTANCE, 6, None, certification_services=(service,))
    return TrustSnapshot(INSTANCE, {INSTANCE: instance}, verify_next_update=verify_next_update)


def check_certpath(vector: Vector, root: Path) -> Outcome:
    """A path with a revocation answer for each of its certificates; what comes along is approved as the anchor is."""
    context = vector.context
    holders = {Path(name).stem: load_holder(root / name) for name in vector.files}
    leaf = holders[context["end_entity"]].certificate
    anchor = holders[context["trust_anchor"]].certificate
    extra = [holders[name].certificate for name in context["additional"]]
    responder = holders["ocspsigner"]
    at = find_time(context["validation_time"], holders)
    answers = [
        make_answer(subject, issuer, responder, Saying(at))
        for subject in (leaf, *extra)
        for issuer in (anchor, *extra)
        if subject.issuer_normal == issuer.subject_normal and not context["ocsp"].startswith("none")
    ]
    verify_chain(
        leaf,
        extra,
        trust=trust_of(anchor, *extra, responder=responder.certificate),
        instance=INSTANCE,
        ocsp_responses=answers,
        at=at,
        usage="authentication",
    )
    return valid()


def find_time(text: str, holders: dict[str, Holder]) -> datetime:
    """The time of a case: a day after a certificate begins, or any at which none had expired."""
    named = re.fullmatch(r"(\w+)\.notBefore \+ 1 day", text)
    return holders[named[1]].certificate.not_before + timedelta(days=1) if named else THEN


def check_ocsp(vector: Vector, root: Path) -> Outcome:
    """An answer with its subject and issuer, under the configuration of its context."""
    context = vector.context
    if "globalconf" not in context:
        return skip(f"an operation in words: {context.get('operation')}")
    trust = read_trust(root / context["globalconf"])
    own = replace(trust.own, ocsp_freshness_seconds=context["ocsp_freshness_seconds"])
    data = vector.read(root)
    proven = verify_ocsp(
        data,
        subject=read_certificate(vector.read(root, 1)),
        issuer=read_certificate(vector.read(root, 2)),
        trust=replace(trust, instances={**trust.instances, trust.own_instance: own}),
        at=datetime.fromisoformat(context["verify_at"]),
    )
    read = read_ocsp_answer(data)
    return valid(
        {
            "status": read.single.certificate_status.name.lower(),
            "this_update": render_time(proven.this_update),
            "produced_at": render_time(proven.produced_at),
            "next_update": proven.next_update and render_time(proven.next_update),
            "cert_id_hash": read.single.hash_algorithm.name,
            "responder": proven.responder.subject,
            "responder_id": "by_name" if read.response.responder_name else "by_key",
            "issuer_name_hash": read.single.issuer_name_hash.hex(),
            "issuer_key_hash": read.single.issuer_key_hash.hex(),
            "serial": str(read.single.serial_number),
        }
    )


def check_ocsp_recipe(vector: Vector, root: Path) -> Outcome:
    """An answer made as its recipe says; the configuration knows its signer, which is no responder of the issuer."""
    recipe = next(each for each in vector.read_json(root)["cases"] if each["id"] == vector.context["case"])
    certs = root / "certs"
    named = {
        "issuer": load_holder(certs / "test_chain/root_ca.p12"),
        "subject": load_holder(certs / "test_chain/user_0.p12"),
    }
    signer = load_holder(certs / recipe["signer_cert"]) if "signer_cert" in recipe else named["issuer"]
    saying = Saying(
        this_update=THEN + find_shift(recipe["this_update"]),
        next_update=THEN + find_shift(recipe["next_update"]) if recipe["next_update"] else None,
        is_revoked=recipe["status"].startswith("revoked"),
    )
    data = make_answer(named["subject"].certificate, named["issuer"].certificate, signer, saying)
    subject, issuer = (named[each].certificate for each in recipe["verify"])
    trust = trust_of(
        signer.certificate,
        responder=signer.certificate,
        verify_next_update=recipe.get("verify_next_update", True),
    )
    verify_ocsp(data, subject=subject, issuer=issuer, trust=trust, at=THEN)
    return valid()


def find_shift(text: str) -> timedelta:
    """How far from now a recipe means: `+1d`, `-12345ms`, `now`."""
    found = re.fullmatch(r"([+-]\d+)(d|ms)", text)
    if found is None:
        return timedelta(0)
    return timedelta(days=int(found[1])) if found[2] == "d" else timedelta(milliseconds=int(found[1]))
