"""The kinds of the global configuration: anchors, signed directories, folders as kept, optional parts.

Law: as `outcome.py` says; every kind runs through the public names of `ridgeway.protocol.globalconf` and of
`ridgeway.trust`, as the product does.
"""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.conformance.outcome import Outcome, Vector, judge_cases, valid

from ridgeway.errors import TrustError
from ridgeway.protocol.certificates.snapshot import InstanceTrust
from ridgeway.protocol.globalconf import (
    SHARED_PARAMETERS,
    PublishedPart,
    anchor_hash,
    build_snapshot,
    folder_of,
    read_anchor,
    read_fetch_interval,
    read_folder,
    read_monitoring,
    read_next_update,
    read_private_parameters,
    read_shared_parameters,
    read_signed_directory,
    verify_signed_directory,
    write_directory_content,
)
from ridgeway.protocol.globalconf.algorithms import DIGESTS
from ridgeway.protocol.globalconf.directory import VerifiedDirectory
from ridgeway.protocol.globalconf.disk import PRIVATE_FILE, SHARED_FILE
from ridgeway.protocol.globalconf.locations import (
    choose_version,
    derive_locations,
    is_federation_allowed,
    versions_to_try,
)
from ridgeway.protocol.globalconf.xml import parse_time

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def check_anchor(vector: Vector, root: Path) -> Outcome:
    """An anchor file."""
    data = vector.read(root)
    anchor = read_anchor(data)
    stated = re.search(rb"<generatedAt>([^<]*)</generatedAt>", data)
    first = anchor.sources[0]
    hashes = {base64.b64encode(hashlib.sha1(each).digest()).decode() for each in first.certificates}
    digest = anchor_hash(data)
    return valid(
        {
            "instance_identifier": anchor.instance,
            "generated_at": stated and stated[1].decode() if anchor.generated_at else None,
            "sources": [
                {
                    "download_url": source.url,
                    "verification_certs_sha256": [hashlib.sha256(each).hexdigest() for each in source.certificates],
                }
                for source in anchor.sources
            ],
            "hash_sha224": digest,
            "expected_hash_in_test": lambda wanted: wanted in {digest, digest.replace(":", "")},
            "locations": len(anchor.sources),
            "first_download_url": first.url,
            "first_location_has_cert_with_sha1_base64": lambda wanted: set(wanted) == hashes,
        }
    )


def check_globalconf_signed(vector: Vector, root: Path) -> Outcome:
    """A signed directory, with what is trusted before it, and its parts."""
    now = parse_time(DATE.findall(vector.context["clock"])[0])
    assert now is not None
    directory = verify_signed_directory(read_signed_directory(vector.read(root)), read_trusted(vector, root), now=now)
    contents = {part.location: read_part_content(part.location, vector, root) for part in directory.parts}
    for part in directory.parts:
        part.require_content(contents[part.location])
    return valid(describe_directory(directory, contents))


def read_trusted(vector: Vector, root: Path) -> list[bytes]:
    """The certificates trusted before the directory."""
    path = root / (vector.context.get("trust") or vector.context["verification_cert"])
    if path.suffix == ".xml":
        return [each for source in read_anchor(path.read_bytes()).sources for each in source.certificates]
    data = path.read_bytes()
    if data.startswith(b"-----BEGIN"):
        return [x509.load_pem_x509_certificate(data).public_bytes(Encoding.DER)]
    return [data]


def read_part_content(location: str, vector: Vector, root: Path) -> bytes:
    """The bytes of a part as served."""
    if "public_root" in vector.context:
        base = Path(vector.context["public_root"])
    else:
        base = Path(vector.files[0].removesuffix(".txt")) / vector.context["instance"]
    return (root / base / location.lstrip("/")).read_bytes()


def describe_directory(directory: VerifiedDirectory, contents: dict[str, bytes]) -> dict[str, Any]:
    """The values that a proven directory states."""
    values: dict[str, Any] = {
        "version": str(directory.version),
        "expire_date": directory.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "signature_algorithm": directory.signature_algorithm,
        "certificate_hash_algorithm": directory.certificate_hash_algorithm,
        "files": [part.location for part in directory.parts],
        "identifiers": [part.identifier for part in directory.parts],
        "parts": [
            {
                "identifier": part.identifier,
                "instance": part.instance,
                "location": part.location,
                "hash_algorithm": DIGESTS[part.hash_algorithm],
            }
            for part in directory.parts
        ],
    }
    shared = directory.find_part(SHARED_PARAMETERS)
    if shared is not None and contents[shared.location].lstrip().startswith(b"<"):
        values["shared"] = describe_shared(read_shared_parameters(contents[shared.location], directory.version))
    return values


def describe_shared(trust: InstanceTrust) -> dict[str, Any]:
    """The values that shared parameters state."""
    return {
        "instance": trust.instance,
        "members": len(trust.members),
        "security_servers": len(trust.servers),
        "approved_cas": [service.name for service in trust.certification_services],
        "approved_tsas": [[service.name, service.url] for service in trust.timestamping_services],
        "global_groups": [group.group_code for group in trust.groups],
        "sources": [source.address for source in trust.sources],
        "ocsp_freshness_seconds": trust.ocsp_freshness_seconds,
        "member_classes": list(trust.member_classes),
        "subsystems": sum(len(member.subsystems) for member in trust.members.values()),
    }


def describe_private(data: bytes) -> dict[str, Any]:
    """The values that private parameters state."""
    private = read_private_parameters(data)
    provider = private.management.provider
    return {
        "instance": private.instance,
        "timestamping_interval_seconds": private.timestamping_interval_seconds,
        "anchors": [[each.instance, [source.url for source in each.sources]] for each in private.federation_anchors],
        "auth_cert_reg_service_address": private.management.registration_url,
        "management_provider": provider and "/".join(provider.codes),
    }


def check_globalconf_dir(vector: Vector, root: Path) -> Outcome:
    """A folder as a security server keeps it."""
    folder = root / vector.context["directory"]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    reading = read_folder(files)
    snapshot = build_snapshot(reading)
    described: dict[str, Any] = {}
    for instance in snapshot.instances:
        base = folder_of(instance)
        values: dict[str, Any] = {
            "shared": describe_shared(snapshot.instances[instance]) | describe_metadata(files, f"{base}/{SHARED_FILE}")
        }
        private = f"{base}/{PRIVATE_FILE}"
        if private in files:
            values["private"] = describe_private(files[private]) | describe_metadata(files, private)
        described[instance] = values
    return valid({"instance_identifier": snapshot.own_instance, "instances": described})


def describe_metadata(files: dict[str, bytes], path: str) -> dict[str, Any]:
    """What stands beside a part, as it stands there."""
    metadata = json.loads(files[path + ".metadata"])
    return {"metadata": metadata, "version": metadata.get("configurationVersion")}


def check_conf_part(vector: Vector, root: Path) -> Outcome:
    """An optional part."""
    data = vector.read(root)
    texts: list[list[str]] = []
    try:
        match vector.context["part_type"]:
            case "MONITORING":
                client = read_monitoring(data)
                names = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode")
                texts = [[name, code] for name, code in zip(names, client.codes if client else (), strict=False)]
            case "FETCHINTERVAL":
                texts = [["ocspFetchInterval", str(read_fetch_interval(data))]]
            case "NEXTUPDATE":
                texts = [["verifyNextUpdate", str(read_next_update(data)).lower()]]
    except TrustError:
        return Outcome("schema-invalid")
    return valid({"root": "conf", "texts": texts})


def check_globalconf_locations(vector: Vector, root: Path) -> Outcome:
    """The addresses that shared parameters give in place of an anchor's."""
    folder = root / vector.context["directory"] / folder_of(vector.context["own_instance"])
    metadata = json.loads((folder / f"{SHARED_FILE}.metadata").read_bytes())
    trust = read_shared_parameters((folder / SHARED_FILE).read_bytes(), int(metadata["configurationVersion"]))

    def fits(cases: list[dict[str, Any]]) -> bool:
        return all(
            [[found.url, len(found.certificates)] for found in derive_locations(trust, case["location"])]
            == case["result"]
            for case in cases
        )

    return valid({"cases": fits})


def check_globalconf_build(vector: Vector, root: Path) -> Outcome:
    """The text of a directory, byte for byte."""
    case = vector.read_json(root)
    expires_at = parse_time(case["expire"])
    assert expires_at is not None
    algorithms = {name: uri for uri, name in DIGESTS.items()}
    boundary = "0123456789abcdefGHIJ"
    content = write_directory_content(
        [
            PublishedPart(
                part["identifier"],
                case["instance"],
                f"{case['path_prefix']}/{part['filename']}",
                part["data_utf8"].encode(),
            )
            for part in case["parts"]
        ],
        expires_at=expires_at,
        version=case["version"],
        boundary=boundary,
        hash_algorithm=algorithms[case["hash_algorithm"].replace("-", "").lower()],
    )
    wanted = case["expected_content"].replace("{B}", boundary).encode()
    differences = [] if content.document == wanted else [f"the content is {content.document!r}, expected {wanted!r}"]
    if not wanted.endswith(b"\r\n\r\n" + content.signed):
        differences.append("the signed bytes are not the content without its header")
    return judge_cases(differences, result="valid")


def check_globalconf_behaviour(vector: Vector, root: Path) -> Outcome:
    """Which version is asked for, and which federated instances are fetched."""
    cases = vector.read_json(root)
    differences = [
        f"{case['url']} gives {found}, expected {case['result']} after {case['requests']} requests"
        for case in cases["version_choice"]
        if (found := probe(case)) != (case["result"], case["requests"])
    ]
    for case in cases["federation_filter"]:
        for wanted, instances in ((True, case.get("allow", [])), (False, case.get("deny", []))):
            differences += [
                f"{case['setting']!r} {'refuses' if wanted else 'allows'} {instance}"
                for instance in instances
                if is_federation_allowed(instance, own=case["own"], setting=case["setting"] or "") is not wanted
            ]
    return judge_cases(differences)


def probe(case: dict[str, Any]) -> tuple[str, int]:
    """The address that is settled on, and how many times a source was asked to find it."""
    oldest, newest = case.get("range") or (case["fixed"], case["fixed"])
    attempts = versions_to_try(case["url"], oldest=oldest, newest=newest)
    for requests, attempt in enumerate(attempts):
        if attempt is None or attempt == oldest:
            return choose_version(case["url"], attempt), requests
        if attempt in case["ok_versions"]:
            return choose_version(case["url"], attempt), requests + 1
    raise AssertionError("the oldest version needs no probe")
