"""The internal TLS identity is made once, stays, and is never half there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from ridgeway.errors import SettingsError
from ridgeway.gateway.internaltls import FILE, open_internal_identity
from ridgeway.http import ServerTls

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_the_identity_is_the_same_after_a_restart_and_serves_tls(tmp_path):
    made = open_internal_identity(tmp_path / "tls", now=NOW)
    assert open_internal_identity(tmp_path / "tls", now=NOW) == made
    assert (tmp_path / "tls" / FILE).stat().st_mode & 0o777 == 0o600
    assert ServerTls((made.certificate,), made.private_key).context is not None


def test_workers_that_start_together_end_up_with_one(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: open_internal_identity(tmp_path, now=NOW).certificate, range(8)))
    assert len(set(made)) == 1
    assert [each.name for each in tmp_path.iterdir()] == [FILE]


def test_a_damaged_file_is_named_with_the_way_out(tmp_path):
    (tmp_path / FILE).write_text("garbage")
    with pytest.raises(SettingsError, match="delete it") as refused:
        raise_explained(tmp_path)
    assert refused.value.code == "internal_tls"


def raise_explained(folder):
    try:
        open_internal_identity(folder, now=NOW)
    except SettingsError as error:
        raise SettingsError(error.code, error.explain()) from error
