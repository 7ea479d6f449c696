"""The kind of time-stamp tokens and responses.

Law: as `outcome.py` says; tokens are proven through the public names of `ridgeway.protocol.timestamps`.
"""

import re
from pathlib import Path

from asn1crypto import tsp
from tests.conformance.outcome import Outcome, Vector, skip, valid

from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.globalconf import build_snapshot, read_folder
from ridgeway.protocol.timestamps import (
    list_authority_certificates,
    read_timestamp_response,
    read_token,
    verify_timestamp,
)

MUTATION = re.compile(r"set byte (\d+) of stamped-data to 0x([0-9a-f]{2})")


def check_timestamp(vector: Vector, root: Path) -> Outcome:
    """A token with the octets it stamps, or a response to be read."""
    if "globalconf" not in vector.context:
        return judge_response(vector.read(root))
    trust = read_trust(root / vector.context["globalconf"])
    stamped = vector.read(root, 1)
    if "mutate" in vector.context:
        found = MUTATION.fullmatch(vector.context["mutate"])
        if found is None:
            return skip(f"a mutation in words: {vector.context['mutate']}")
        stamped = bytearray(stamped)
        stamped[int(found[1])] = int(found[2], 16)
        stamped = bytes(stamped)
    certificates = list_authority_certificates(trust)
    if "OcspResponder" in vector.context.get("trusted", ""):
        certificates = list_responder_certificates(trust)
    proven = verify_timestamp(vector.read(root), stamped=stamped, trust=certificates)
    token = read_token(vector.read(root))
    return valid(
        {
            "gen_time": proven.at.isoformat().replace("+00:00", "Z"),
            "imprint_alg": proven.imprint_algorithm,
            "serial": str(proven.serial),
            "policy": proven.policy,
            "certs_in_token": token.certificates,
            "signer_digest_alg": token.digest_algorithm,
        }
    )


def judge_response(data: bytes) -> Outcome:
    """A response of an authority, read only."""
    token = read_token(read_timestamp_response(data))
    return valid(
        {
            "status": tsp.TimeStampResp.load(data)["status"]["status"].native,
            "imprint_alg": token.imprint_algorithm,
            "imprint": token.imprint.hex(),
            "gen_time": token.at.isoformat().replace("+00:00", "Z"),
            "nonce": token.nonce,
        }
    )


def read_trust(folder: Path) -> TrustSnapshot:
    """The configuration in a folder."""
    files = {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    return build_snapshot(read_folder(files))


def list_responder_certificates(trust: TrustSnapshot) -> tuple[bytes, ...]:
    """The certificates of the OCSP responders, which are no time-stamping services."""
    return tuple(
        responder.certificate
        for instance in trust.instances.values()
        for service in instance.certification_services
        for authority in service.authorities
        for responder in authority.responders
        if responder.certificate
    )
