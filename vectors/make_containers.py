"""Make the containers in this folder anew: `python vectors/make_containers.py`.

Law: keys are made for each run and kept nowhere; what is committed are the containers, the configuration that proves
them, and what is expected of each. The expectations are written down here by hand, not read back from the result;
`src/ridgeway/protocol/signatures/tests/test_made_containers.py` proves the files with tools that are not ours.
"""

import datetime as dt
import json
import sys
from dataclasses import replace
from pathlib import Path

from ridgeway.protocol.certificates.snapshot import ConfigurationSource
from ridgeway.protocol.globalconf import PartMetadata, write_part_metadata, write_shared_parameters
from ridgeway.protocol.signatures.containers import write_container
from ridgeway.protocol.signatures.tests.cast import NOW, make_country
from ridgeway.protocol.signatures.tests.kept import BODY, LOGGED_AT, keep

HERE = Path(__file__).resolve().parent
CONFIGURATION = "globalconf/rw"
FAR = NOW + dt.timedelta(days=3650)

RIGHT = {
    "simple-rsa": {"kind": "rsa"},
    "simple-ec": {"kind": "p256"},
    "body-ec": {"kind": "p256", "bodies": (BODY,)},
    "body-rsa-batch-stamp": {"kind": "rsa", "bodies": (BODY,), "stamp": "batch"},
    "batch-ec": {"kind": "p256", "batch": 3},
    "batch-body-ec-batch-stamp": {"kind": "p256", "batch": 3, "bodies": (BODY,), "stamp": "batch"},
    "body-not-kept-ec": {"kind": "p256", "bodies": (BODY,), "kept": False},
}
"""Name → how it is made (see `keep`)."""


def main() -> None:
    """Write the configuration, the containers and `vectors.json`."""
    write_configuration(HERE / CONFIGURATION)
    folder = HERE / "containers"
    folder.mkdir(exist_ok=True)
    vectors = []
    for name, how in RIGHT.items():
        (folder / f"{name}.asice").write_bytes(keep(**how).data)
        vectors.append(describe(name, {"result": "valid", "values": expected_values(how)}))
    kept = keep(bodies=(BODY,))
    changed = write_container(replace(kept.parts, attachments=(b"another",)), at=LOGGED_AT)
    (folder / "body-differs.asice").write_bytes(changed)
    vectors.append(describe("body-differs", expected_error("malformed_signature.invalid_hash_chain_ref")))
    changed = write_container(replace(kept.parts, attachments=(BODY, b"nobody signed this")), at=LOGGED_AT)
    (folder / "body-not-signed.asice").write_bytes(changed)
    vectors.append(describe("body-not-signed", expected_error("malformed_signature.hashchain_unused_inputs")))
    (HERE / "vectors.json").write_text(json.dumps(vectors, indent=1) + "\n", "utf-8")
    print(f"{len(vectors)} containers in {folder}", file=sys.stderr)


def write_configuration(folder: Path) -> None:
    """The configuration under which the containers are proven, as a security server keeps it."""
    trust = make_country().trust().own
    trust = replace(trust, sources=(ConfigurationSource("cs.invalid", (make_country().top.der,), ()),))
    inner = folder / "RW"
    inner.mkdir(parents=True, exist_ok=True)
    (folder / "instance-identifier").write_text("RW", "utf-8")
    (inner / "shared-params.xml").write_bytes(write_shared_parameters(trust, 6))
    metadata = PartMetadata("SHARED-PARAMETERS", "RW", FAR, 6)
    (inner / "shared-params.xml.metadata").write_bytes(write_part_metadata(metadata))


def expected_values(how: dict[str, object]) -> dict[str, object]:
    """What must be read from a container that was made so."""
    is_batch = bool(how.get("bodies")) or how.get("batch", 1) != 1
    algorithm = "rsa-sha512" if how["kind"] == "rsa" else "ecdsa-sha512"
    return {
        "message_type": "rest request",
        "signer_id": "SUBSYSTEM:RW/GOV/1001/portal",
        "signature_method": f"http://www.w3.org/2001/04/xmldsig-more#{algorithm}",
        "signed_references": ["/sig-hashchainresult.xml" if is_batch else "/message.xml", "#signed-properties"],
        "batch_signature": is_batch,
        "batch_timestamp": how.get("stamp") == "batch",
        "timestamp_date": "2026-03-01T12:00:00Z",
    }


def expected_error(code: str) -> dict[str, object]:
    """That it is refused with this code of 7.8."""
    return {"result": "error", "codes": {"7.8": code}}


def describe(name: str, expect: dict[str, object]) -> dict[str, object]:
    """One entry of `vectors.json`."""
    return {
        "id": f"containers/{name}",
        "kind": "asic",
        "files": [f"containers/{name}.asice"],
        "expect": expect,
        "context": {"globalconf": CONFIGURATION, "validation_time": "time of the time-stamp"},
        "source": "vectors/make_containers.py",
    }


if __name__ == "__main__":
    main()
