"""When the lab calls a server ready: a country that slept longer than its configuration counts wakes up properly."""

import json
from datetime import timedelta

from ridgeway.lab.parts import trusts_now
from ridgeway.trust.clock import read_clock


def write_metadata(folder, *, expires_in: timedelta):
    file = folder / "globalconf" / "NM" / "shared-params.xml.metadata"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"expirationDate": (read_clock() + expires_in).isoformat()}))


async def test_a_server_is_ready_only_with_a_configuration_that_counts_and_its_revocation_answers(tmp_path):
    is_ready = trusts_now(tmp_path, "NM")
    assert not await is_ready()
    write_metadata(tmp_path, expires_in=timedelta(seconds=-1))
    (tmp_path / "ocsp").mkdir()
    for name in ("a.ocsp", "b.ocsp"):
        (tmp_path / "ocsp" / name).write_bytes(b"")
    assert not await is_ready()
    write_metadata(tmp_path, expires_in=timedelta(minutes=5))
    assert await is_ready()
    (tmp_path / "ocsp" / "b.ocsp").unlink()
    assert not await is_ready()
