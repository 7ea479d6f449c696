import io
import json
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ridgeway.errors import TrustError
from ridgeway.messagelog.verificationconf import write_verification_configuration
from ridgeway.settings import Settings


def ridgeway(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ridgeway.cli", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def test_the_log_runs_answers_and_stops_when_told(tmp_path: Path):
    (tmp_path / "ridgeway.toml").write_text('[gateway]\nsnapshot = "snapshot.json"\n')
    (tmp_path / "snapshot.json").write_text('{"version": 1, "timestamping_urls": ["http://127.0.0.1:9/"]}')
    command = [sys.executable, "-m", "ridgeway.cli", "messagelog", "run"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert "0001_initial" in process.stderr.readline()
            assert "answers at" in process.stderr.readline()
            assert (tmp_path / "run" / "messagelog.sock").stat().st_mode & 0o777 == 0o600
            found = ridgeway(tmp_path, "messagelog", "search", "--query-id", "q", "--json")
            assert (found.returncode, json.loads(found.stdout)) == (0, [])
            stamped = ridgeway(tmp_path, "messagelog", "stamp", "--json")
            assert json.loads(stamped.stdout) == {"stamped": 0, "waiting": 0}
            archived = ridgeway(tmp_path, "messagelog", "archive", "--json")
            assert json.loads(archived.stdout) == {"records": 0, "files": []}
            assert json.loads(ridgeway(tmp_path, "messagelog", "clean", "--json").stdout) == {"deleted": 0}
            status = json.loads(ridgeway(tmp_path, "messagelog", "status", "--json").stdout)
            assert (status["waiting"], status["refuses"], status["archive"]["waiting"]) == (0, "", 0)
            assert status["authorities"][0]["url"] == "http://127.0.0.1:9/"
            told = ridgeway(tmp_path, "messagelog", "status").stdout
            assert "takes records    yes" in told
            assert "http://127.0.0.1:9/  last stamp none yet" in told
            missing = ridgeway(tmp_path, "messagelog", "export", "7", "out.asice")
            assert missing.returncode == 1
            assert "no record 7" in missing.stderr
            assert not (tmp_path / "out.asice").exists()
            refused = ridgeway(tmp_path, "messagelog", "restore", "none")
            assert "Another process" in refused.stderr
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        finally:
            process.kill()
    assert (tmp_path / "messagelog.sqlite3").stat().st_mode & 0o777 == 0o600
    made = json.loads(ridgeway(tmp_path, "messagelog", "backup", "b", "--json").stdout)
    assert made["files"] == 2
    put_back = ridgeway(tmp_path, "securityserver", "restore", "b")
    assert (put_back.returncode, put_back.stderr) == (0, "")
    assert put_back.stdout.startswith(f"2 files, {made['size']} bytes are back in place, as of 20")
    for database in ("messagelog", "securityserver", "opmonitor"):
        assert (tmp_path / f"{database}.sqlite3").stat().st_mode & 0o777 == 0o600


def test_the_verification_configuration_holds_the_shared_parameters_of_every_instance(tmp_path: Path):
    settings = Settings(state_dir=tmp_path)
    with pytest.raises(TrustError, match="globalconf"):
        write_verification_configuration(settings)
    files = {
        "instance-identifier": b"RW",
        "RW/shared-params.xml": b"<conf/>",
        "RW/shared-params.xml.metadata": b"{}",
        "RW/private-params.xml": b"<private/>",
        "EE/shared-params.xml": b"<ee/>",
    }
    for path, content in files.items():
        (tmp_path / "globalconf" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "globalconf" / path).write_bytes(content)
    with zipfile.ZipFile(io.BytesIO(write_verification_configuration(settings))) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == {f"verificationconf/{path}": data for path, data in files.items() if "private" not in path}


def test_a_key_for_the_log_is_made_once_under_its_id(tmp_path: Path):
    made = ridgeway(tmp_path, "messagelog", "encryption-key", "2026", "--json")
    assert json.loads(made.stdout)["id"] == "2026"
    again = ridgeway(tmp_path, "messagelog", "encryption-key", "2026")
    assert again.returncode != 0
    assert "already" in again.stderr
    assert len((tmp_path / "messagelog.keys").read_text().splitlines()) == 1
