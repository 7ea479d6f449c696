"""A person sees what is asked, decides it, and sees the instance as it is then."""

import json

import pytest
from click.testing import CliRunner

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.commands import centralserver
from ridgeway.centralserver.requests.identity import open_identity
from ridgeway.centralserver.requests.tests.cast import (
    LIBRARY,
    NOW,
    K,
    Place,
    client,
    cluster,  # noqa: F401  a fixture
    keep,
    new_server,
    place,  # noqa: F401  a fixture
)
from ridgeway.errors import SettingsError
from ridgeway.office.audit.who import read_user
from ridgeway.protocol.certificates.x509 import read_certificate


@pytest.fixture(autouse=True)
def applied(place: Place) -> Place:  # noqa: F811
    place.apply()
    return place


def run(*arguments: str, settings=None) -> str:
    result = CliRunner().invoke(centralserver, arguments, obj=settings)
    if result.exception is not None:
        raise result.exception
    return result.output


def test_a_request_is_listed_shown_approved_and_in_force():
    number = keep(K.CERTIFICATE_REGISTRATION, LIBRARY, **new_server())
    assert "WAITING   authCertReg             GOV/1004/library-1  library.example" in run("requests", "list")
    assert "certificate: certificate SHA-256" in run("requests", "show", str(number))
    approved = json.loads(
        run("requests", "approve", str(number), "--member-name", "Library", "--note", "seen the papers", "--json")
    )
    assert approved["state"] == "APPROVED"
    (event,) = approved["events"]
    assert (event["by"], event["note"], event["version"]) == (read_user(), "seen the papers", 2)
    assert "server GOV/1004/library-1 at library.example, 1 certificates" in run("show")
    assert "GOV/1004  Library" in run("show")
    shown = json.loads(run("show", "--json"))
    assert shown["version"] == 2
    assert [each["id"] for each in shown["amendments"]] == [number]
    assert shown["document"]["security_servers"][-1]["code"] == "library-1"


def test_a_request_is_declined_with_a_reason_and_another_taken_back():
    first, second = (keep(K.CLIENT_REGISTRATION, client=client("GOV", "1002", code)) for code in ("a", "b"))
    assert "DECLINED" in run("requests", "decline", str(first), "--note", "no papers")
    run("requests", "approve", str(second))
    assert "REVOKED" in run("requests", "revoke", str(second))
    states = [each["state"] for each in json.loads(run("requests", "list", "--json"))]
    assert states == ["DECLINED", "REVOKED"]
    assert run("requests", "list", "--state", "WAITING") == "No request is WAITING.\n"


def test_the_document_with_its_registrations_can_be_applied_as_it_is_printed(applied):
    keep(K.MAINTENANCE_START, message="Back at noon")
    keep(K.CLIENT_DISABLING, client=client("GOV", "1002", "casework"))
    number = keep(K.CLIENT_REGISTRATION, client=client("GOV", "1002", "desk"), auto=(K.CLIENT_REGISTRATION,))
    before = json.loads(run("show", "--json"))["document"]
    applied.document.write_text(run("show", "--yaml"))
    shown = run("apply", str(applied.document), "--yes")
    assert f"amendments.[{number}]" in shown
    after = json.loads(run("show", "--json"))
    assert after["amendments"] == []
    assert after["document"] == before | {"amendments": []}


def test_the_certificate_of_the_doors_is_written_for_those_who_pin_it(applied, tmp_path):
    file = tmp_path / "central.pem"
    told = json.loads(run("tls-certificate", "-o", str(file), "--json", settings=applied.settings))
    folder = applied.settings.path(applied.settings.centralserver.tls_dir)
    assert read_certificate(file.read_bytes()).der == open_identity(folder, now=NOW).certificate
    assert told["sha256"] in run("tls-certificate", "-o", str(file), settings=applied.settings)


def test_without_a_document_there_is_nothing_to_show(applied):
    from ridgeway.centralserver.models import Version

    Version.objects.all().delete()
    with pytest.raises(SettingsError, match="no_document"):
        run("show")
    assert run("requests", "list") == "There are no requests.\n"
