"""The kinds of proof: hash chains, signature documents and containers.

Law: as `outcome.py` says; every kind runs through the public names of the protocol's rooms, as the product does.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from tests.conformance.outcome import Outcome, Vector, judge_cases, valid

from ridgeway.errors import SignatureError
from ridgeway.protocol.certificates.ocsp import VerifiedOcsp
from ridgeway.protocol.certificates.snapshot import Authority, TrustSnapshot
from ridgeway.protocol.certificates.x509 import Certificate, read_certificate
from ridgeway.protocol.globalconf import read_configuration_files
from ridgeway.protocol.hashchains import SIGNATURE_CHAIN, Digest, Part, verify_hash_chain
from ridgeway.protocol.hashchains.build import tree_top
from ridgeway.protocol.hashchains.digests import SHA256, SHA512
from ridgeway.protocol.identifiers import MemberId
from ridgeway.protocol.messages import render_code
from ridgeway.protocol.signatures.containers import names, read_container, render_container_name, verify_container
from ridgeway.protocol.signatures.containers.verify import VerifiedContainer, gather_parts, prove_timestamp
from ridgeway.protocol.signatures.digests import coordinate_size, ecdsa_to_der, ecdsa_to_raw
from ridgeway.protocol.signatures.document import read_signature
from ridgeway.protocol.signatures.prove import ReceivedParts, prove_hash_chain, prove_values
from ridgeway.protocol.signatures.verify import verify_document
from ridgeway.trust.files import read_files

MAX_CONFIGURATION_BYTES = 64 * 1024 * 1024
ALGORITHMS = {"SHA-256": SHA256, "SHA-512": SHA512}
INLINE = "(inline) "


def read_part(root: Path, named: str) -> bytes:
    """A part that a context names: a file, or text written inline."""
    return named.removeprefix(INLINE).encode() if named.startswith(INLINE) else (root / named).read_bytes()


def check_hashchain(vector: Vector, root: Path) -> Outcome:
    """A hash chain result with its chains and inputs."""
    resolve = {uri: read_part(root, named) for uri, named in vector.context["resolve"].items()}
    verify_hash_chain(
        (root / vector.context["result_file"]).read_bytes(),
        resolve=resolve.get,
        inputs={uri: read_input(root, stated) for uri, stated in vector.context["inputs"].items()},
    )
    return valid()


def read_input(root: Path, stated: dict[str, str] | None) -> Digest | None:
    """The digest that comes with an input, if one does."""
    if stated is None:
        return None
    algorithm = ALGORITHMS[stated["alg"]]
    data = (root / stated["digest_of_file"]).read_bytes()
    return Digest(hashlib.new(stated["alg"].replace("-", "").lower(), data).digest(), algorithm)


def check_hashchain_builder(vector: Vector, root: Path) -> Outcome:
    """Tree tops to be computed; the last one is the value that is compared."""
    document = vector.read_json(root)
    tops = []
    for case in document["cases"]:
        leaves = [
            Digest(hashlib.sha256(text.encode()).digest(), document["algorithm"])
            for text in case["inputs_sha256_of_utf8"]
        ]
        tops.append(base64.b64encode(tree_top(leaves, document["algorithm"]).value).decode())
    return valid({"tree_top_base64": tops[-1]})


def check_signature_format(vector: Vector, root: Path) -> Outcome:
    """An ECDSA value as DER, to be written as r and s side by side, and back."""
    der = base64.b64decode(vector.read_json(root)["asn1_der_base64"])
    key = ec.derive_private_key(1, ec.SECP256R1()).public_key()
    raw = ecdsa_to_raw(der, coordinate_size(key))
    if ecdsa_to_der(raw, key) != der or ecdsa_to_raw(raw, coordinate_size(key)) != raw:
        return judge_cases(["the two forms do not lead to each other"], result="valid")
    return valid({"raw_base64": base64.b64encode(raw).decode()})


def check_asic_structure(vector: Vector, root: Path) -> Outcome:
    """A container that is opened; with a configuration beside it, it is proven too."""
    container = read_container(vector.read(root))
    return check_asic(vector, root) if vector.context.get("globalconf") else valid({"entries": container.listing})


def check_asic(vector: Vector, root: Path) -> Outcome:
    """A container, proven in full against the configuration of its context."""
    proven = verify_container(read_container(vector.read(root)), load_trust(vector, root))
    return valid(describe_container(proven))


def describe_container(proven: VerifiedContainer) -> dict[str, Any]:
    """The values that a folder may expect of a proven container."""
    signature, timestamp = proven.signature, proven.timestamp
    answer = signature.chain.ocsp[0]
    values: dict[str, Any] = {
        "message_type": str(proven.kind),
        "signer_id": str(proven.sender),
        "signer_cert_subject": signature.certificate.subject,
        "signer_cert_serial": str(signature.certificate.serial),
        "signature_method": signature.algorithm,
        "signed_references": signature.references,
        "batch_signature": signature.is_batch,
        "batch_timestamp": proven.is_batch_timestamp,
        "ocsp_produced_at": render_time(answer.produced_at),
        "ocsp_cert_subject": answer.responder.subject,
        "entries": proven.entries,
        "attachment_digests_in_hash_chain": [
            {"uri": f"/{each.name}", "digest": each.digest.hex(), "content_in_container": each.is_in_container}
            for each in proven.attachments
        ],
        "archive_entry_name": lambda expected: is_archive_name(expected, proven),
    }
    if timestamp is not None:
        values["timestamp_date"] = render_time(timestamp.at)
        values["timestamp_cert_subject"] = read_certificate(timestamp.certificate).subject
        values["timestamp_imprint_alg"] = timestamp.imprint_algorithm
    return values


def is_archive_name(expected: str, proven: VerifiedContainer) -> bool:
    """Whether an archive would name the container so; its running number alone is not in the container."""
    digits = expected.removesuffix(".asice").rpartition("-")[2]
    is_response = proven.message.is_response
    return expected == render_container_name(proven.query_id, is_response=is_response, number=int(digits, 32))


def render_time(moment: datetime) -> str:
    """A time in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def load_trust(vector: Vector, root: Path) -> TrustSnapshot:
    """The configuration of a context."""
    folder = root / re.split(r"\s", vector.context["globalconf"])[0]
    return read_configuration_files(read_files(folder, max_bytes=MAX_CONFIGURATION_BYTES))


def check_asic_crypto(vector: Vector, root: Path) -> Outcome:
    """An old container: digests, value, hash chains and time-stamp alone."""
    container = read_container(vector.read(root))
    document = read_signature(container.signature)
    certificate = read_certificate(document.certificate)
    received = gather_parts(container)
    prove_hash_chain(document, received)
    prove_values(document, received, public_key=certificate.public_key)
    timestamp = prove_timestamp(container, document, load_trust(vector, root))
    values = {
        "signature_value": "ok",
        "signer_cert": lambda expected: expected in certificate.subject.split(","),
        "tst_entry": names.TIMESTAMP if names.TIMESTAMP in container.entries else "in signature",
    }
    if timestamp is not None:
        values |= {"timestamp": render_time(timestamp.at), "imprint_alg": timestamp.imprint_algorithm}
    if names.TS_CHAIN_RESULT in container.entries:
        values["ts_hash_chain"] = "ok"
    return valid(values, result="crypto-valid")


def check_xades_crypto(vector: Vector, root: Path) -> Outcome:
    """An old signature without its message: what stands in it, and what its own bytes prove."""
    document = read_signature(vector.read(root))
    certificate = read_certificate(document.certificate)
    try:
        prove_values(document, ReceivedParts({}), public_key=certificate.public_key)
        found = "valid"
    except SignatureError as error:
        found = f"{render_code(error.code, '7.7')}: unresolvable /message.xml"
    return valid({"references": [each.uri for each in document.references], "self_check": found}, result="parse-only")


def check_xades(vector: Vector, root: Path) -> Outcome:
    """A signature document with its parts, at the time and for the signer of its context."""
    context = vector.context
    document = read_signature(vector.read(root))
    if context.get("operation") == "parse":
        return valid()
    is_test_profile = "TestCertificate" in context.get("certificate_profile", "")
    signer = MemberId(*context["signer"].split("/")[:3])
    proven = verify_document(
        document,
        gather_named_parts(vector, root),
        signer=signer,
        trust=override_authority(load_trust(vector, root), vector, root, signer),
        at=find_time(str(context.get("validation_time"))),
        name_member=name_by_common_name(signer) if is_test_profile else None,
    )
    answer = proven.chain.ocsp[0]
    return valid(
        {
            "signer_cert_subject": proven.certificate.subject,
            "references": proven.references,
            "signature_method": proven.algorithm,
            "ocsp": lambda expected: describes_answer(expected, answer, root),
        }
    )


def gather_named_parts(vector: Vector, root: Path) -> ReceivedParts:
    """The parts that a context names, in whichever of its forms."""
    resolve = {uri: read_part(root, named) for uri, named in vector.context.get("resolve", {}).items()}
    hash_chain = resolve.pop(SIGNATURE_CHAIN, None)
    parts: dict[str, Part] = dict(resolve)
    parts |= {stated["name"]: read_stated_part(root, stated) for stated in vector.context.get("parts", ())}
    result = vector.context.get("hash_chain_result")
    return ReceivedParts(parts, None if result is None else (root / result).read_bytes(), hash_chain)


def read_stated_part(root: Path, stated: dict[str, str]) -> Part:
    """One part of a context; an attachment is known by its digest alone, as over the wire."""
    if "file" in stated:
        data = (root / stated["file"]).read_bytes()
    else:
        data = bytes.fromhex(stated["content_hex"]) if "content_hex" in stated else stated["content_utf8"].encode()
    return data if stated["name"] == names.part_name(names.MESSAGE) else Digest(hashlib.sha512(data).digest())


def override_authority(trust: TrustSnapshot, vector: Vector, root: Path, signer: MemberId) -> TrustSnapshot:
    """The trust with one authority for every certificate, where the context says so; its responders stay."""
    named = re.search(r"\S+\.cer\b", vector.context.get("ca_override", ""))
    if named is None:
        return trust
    instance = trust.instances[signer.instance]
    responders = tuple(
        responder
        for service in instance.certification_services
        for authority in service.authorities
        for responder in authority.responders
    )
    der = read_certificate((root / named[0]).read_bytes()).der
    service = replace(instance.certification_services[0], top=Authority(der, responders), intermediates=())
    changed = replace(instance, certification_services=(service,))
    return replace(trust, instances={**trust.instances, signer.instance: changed})


def name_by_common_name(signer: MemberId) -> Callable[[Certificate], MemberId]:
    """X-Road's profile for tests: the instance of the expected signer, BUSINESS, and the common name."""

    def name_member(certificate: Certificate) -> MemberId:
        common_name = re.search(r"(?:^|,)CN=([^,]+)", certificate.subject)
        return MemberId(signer.instance, "BUSINESS", common_name[1] if common_name else "")

    return name_member


def find_time(text: str) -> datetime:
    """The time in a context; any will do where there is none."""
    stated = re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text)
    return datetime.fromisoformat(stated[0] if stated else "2014-10-30T00:00:00").replace(tzinfo=UTC)


def describes_answer(expected: dict[str, str], answer: VerifiedOcsp, root: Path) -> bool:
    """Whether a revocation answer is the expected one."""
    responder = read_certificate((root / expected["signature_valid_with"]).read_bytes())
    found = {
        "status": "good",
        "this_update": render_time(answer.this_update),
        "produced_at": render_time(answer.produced_at),
        "signature_valid_with": expected["signature_valid_with"],
    }
    return found == expected and answer.responder.der == responder.der
