"""What the global configuration does not know is said with its line, and stops nothing."""

import json
from pathlib import Path

from ridgeway.centralserver.tests.cast import EXAMPLES, write_certificates
from ridgeway.office.documents import read_document
from ridgeway.protocol.certificates.snapshot import (
    InstanceTrust,
    ManagementService,
    MemberEntry,
    ServerEntry,
    TimestampingService,
)
from ridgeway.protocol.certificates.snapshot import TrustSnapshot as Trust
from ridgeway.protocol.globalconf import PrivateParameters, write_private_parameters, write_shared_parameters
from ridgeway.protocol.identifiers import ClientId, GlobalGroupId, MemberId, ServerId, SubsystemId
from ridgeway.securityserver.documents import SecurityServerDocument
from ridgeway.securityserver.strangers import find_trust, list_strangers
from ridgeway.securityserver.tests.cast import NOW
from ridgeway.securityserver.tests.test_apply import CASEWORK, PERSONS, run_command
from ridgeway.settings import Settings

REGISTER, PARLIAMENT = MemberId("NORTHMARK", "GOV", "1001"), MemberId("NORTHMARK", "GOV", "1002")
SERVER = ServerId("NORTHMARK", "GOV", "1001", "register-1")
DESK = SubsystemId("SOUTHMARK", "GOV", "77", "desk")
TSA = TimestampingService("TSA", "http://tsa.northmark.example/", b"tsa")


def northmark(clients: frozenset[ClientId] = frozenset({PERSONS}), groups: tuple[str, ...] = ("everyone",)):
    return InstanceTrust(
        instance="NORTHMARK",
        version=6,
        expires_at=None,
        timestamping_services=(TSA,),
        members={
            REGISTER: MemberEntry(REGISTER, "Register", subsystems={"persons": ""}),
            PARLIAMENT: MemberEntry(PARLIAMENT, "Parliament", subsystems={"casework": ""}),
        },
        servers={SERVER: ServerEntry(SERVER, "gateway.example", clients=clients)},
        groups={GlobalGroupId("NORTHMARK", code): frozenset({CASEWORK}) for code in groups},
    )


def southmark():
    member = DESK.member_code
    owner = MemberId("SOUTHMARK", "GOV", member)
    members = {owner: MemberEntry(owner, "South", subsystems={"desk": ""})}
    return InstanceTrust("SOUTHMARK", 6, None, members=members)


def strangers(trust: Trust | None, change: tuple[str, str] = ("", "")) -> list[str]:
    text = (EXAMPLES / "securityserver.yaml").read_text()
    assert change[0] in text
    document = read_document(text.replace(*change).encode(), SecurityServerDocument, name="f")
    return [row.split(":", 2)[2].strip() for row in list_strangers(document, trust)]


WHOLE = Trust("NORTHMARK", {"NORTHMARK": northmark(), "SOUTHMARK": southmark()})
SUBJECT = "clients[0].services[0].access[0].subject"


def test_a_document_of_known_names_is_passed_in_silence():
    assert strangers(WHOLE) == []


def test_nothing_is_said_without_a_configuration(tmp_path: Path):
    assert find_trust(Settings(state_dir=tmp_path), now=NOW) is None
    assert strangers(None) == []


def test_a_right_of_a_stranger_is_told_with_whom_it_may_mean():
    assert strangers(WHOLE, ("{subject: GOV/1002/casework}", "{subject: GOV/1002/cassework}")) == [
        f"{SUBJECT}: GOV/1002/cassework is not registered in NORTHMARK; did you mean 'GOV/1002/casework'?"
    ]


def test_a_right_of_a_group_that_is_not_there_is_told():
    changed = strangers(WHOLE, ("global-group:everyone", "global-group:everybody"))
    assert changed == [
        (
            "clients[0].services[0].access[1].subject: there is no global-group:everybody in NORTHMARK; "
            "did you mean 'global-group:everyone'?"
        )
    ]


def test_a_member_of_an_instance_that_is_not_federated_is_told():
    assert strangers(Trust("NORTHMARK", {"NORTHMARK": northmark()})) == [
        "clients[0].local_groups[0].members[1]: the instance SOUTHMARK is not known here; known: NORTHMARK"
    ]


def test_a_client_that_is_not_registered_here_yet_is_told():
    trust = Trust("NORTHMARK", {"NORTHMARK": northmark(clients=frozenset()), "SOUTHMARK": southmark()})
    assert strangers(trust) == ["clients[0].id: GOV/1001/persons is not registered at this server yet"]


def test_a_server_and_a_time_stamping_service_that_are_not_known_are_told():
    assert strangers(WHOLE, ("register-1", "register-2")) == [
        "server: GOV/1001/register-2 is not registered in NORTHMARK"
    ]
    assert strangers(WHOLE, ("http://tsa.northmark", "https://tsa.northmark")) == [
        (
            "timestamping_services[0]: https://tsa.northmark.example/ is not approved; "
            "did you mean 'http://tsa.northmark.example/'?"
        )
    ]


def test_a_configuration_of_another_instance_is_told_once():
    assert strangers(Trust("SOUTHMARK", {"SOUTHMARK": southmark()})) == [
        "instance: the configuration here is of SOUTHMARK, not of NORTHMARK"
    ]


def write_configuration(folder: Path) -> None:
    """The global configuration as the keeper of trust leaves it on disk."""
    place = folder / "NORTHMARK"
    place.mkdir(parents=True)
    (folder / "instance-identifier").write_text("NORTHMARK")
    shared = write_shared_parameters(northmark(), 2)
    management = ManagementService("https://central.example:4001/", provider=REGISTER)
    private = write_private_parameters(PrivateParameters("NORTHMARK", management=management))
    for name, kind, content in (
        ("shared-params.xml", "SHARED-PARAMETERS", shared),
        ("private-params.xml", "PRIVATE-PARAMETERS", private),
    ):
        (place / name).write_bytes(content)
        facts = {
            "contentIdentifier": kind,
            "instanceIdentifier": "NORTHMARK",
            "expirationDate": "2099-01-01T00:00:00Z",
            "contentFileName": name,
            "contentLocation": f"/V2/1/{name}",
            "configurationVersion": "2",
        }
        (place / f"{name}.metadata").write_text(json.dumps(facts))


def test_the_command_warns_and_applies(tmp_path: Path):
    write_certificates(tmp_path)
    write_configuration(tmp_path / "globalconf")
    (tmp_path / "server.yaml").write_text((EXAMPLES / "securityserver.yaml").read_text())
    applied = run_command(tmp_path, "apply", "server.yaml", "--yes", "--json")
    assert applied.returncode == 0
    warning, oddity = json.loads(applied.stdout)["warnings"]
    assert "endpoints are not known yet" in oddity
    assert warning.startswith("server.yaml:21: clients[0].local_groups[0].members[1]: the instance SOUTHMARK")
    assert f"warning: {warning}" in applied.stderr
