"""Rights: who is covered by what, and that no spelling of a path widens one."""

import posixpath
import re
from contextlib import nullcontext
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ridgeway.errors import AccessError, RequestError, RidgewayError, WorldError
from ridgeway.protocol.exchange.admission import (
    Caller,
    admit_caller,
    admit_service,
    climbs_out,
    find_targets,
)
from ridgeway.protocol.exchange.tests.cast import (
    ASKING,
    CONSUMER,
    DESK,
    PROVIDER,
    REGISTER,
    World,
    asking_server,
    make_request,
    serving_server,
)
from ridgeway.protocol.exchange.values import AccessRight, ConnectionType, LocalClient
from ridgeway.protocol.identifiers import GlobalGroupId, LocalGroupId, ServiceId, SubsystemId

WORLD = World()
GLOBAL, LOCAL = GlobalGroupId("LAB", "clerks"), LocalGroupId("clerks")
OTHER = SubsystemId("LAB", "GOV", "1001", "other")
OWN = replace(WORLD.trust.own, groups={GLOBAL: frozenset({DESK})})
TRUST = replace(WORLD.trust, instances={"LAB": OWN})
PERSONS = ServiceId("LAB", "GOV", "1002", "register", "persons")


def may(right, *, client=DESK, verb="GET", path="/7"):
    rights = () if right is None else (right,)
    server = serving_server(rights=rights, groups={"clerks": frozenset({DESK})})
    try:
        asked = replace(make_request(), verb=verb, service=PERSONS, service_path=path, client=client)
        admit_service(asked, server=server, trust=TRUST)
    except AccessError as error:
        code = error.code
    else:
        return True
    assert code == "access_denied"
    return False


@pytest.mark.parametrize("subject", [DESK, GLOBAL, LOCAL], ids=str)
def test_a_right_covers_its_subject_and_nobody_else(subject):
    right = AccessRight(subject, "persons")
    assert may(right)
    assert not may(right, client=OTHER)
    assert not may(right, client=ASKING)


def test_a_right_of_a_member_covers_none_of_its_subsystems():
    assert not may(AccessRight(ASKING, "persons"))
    assert may(AccessRight(ASKING, "persons"), client=ASKING)


@pytest.mark.parametrize(
    "right",
    [
        None,
        AccessRight(DESK, "person"),
        AccessRight(DESK, "persons2"),
        AccessRight(GlobalGroupId("LAB", "others"), "persons"),
        AccessRight(GlobalGroupId("FAR", "clerks"), "persons"),
        AccessRight(LocalGroupId("others"), "persons"),
    ],
)
def test_nothing_is_allowed_by_likeness(right):
    assert not may(right)


@pytest.mark.parametrize(
    ("method", "verb", "allowed"),
    [("*", "DELETE", True), ("GET", "GET", True), ("get", "GET", True), ("GET", "POST", False), ("GET", "HEAD", False)],
)
def test_a_right_to_a_method_is_to_that_method(method, verb, allowed):
    assert may(AccessRight(DESK, "persons", method), verb=verb) is allowed


@pytest.mark.parametrize(
    ("pattern", "path", "allowed"),
    [
        ("/7", "/7", True),
        ("/7", "/7/", False),
        ("/7", "/77", False),
        ("/7", "", False),
        ("/*", "/7", True),
        ("/*", "/7/secret", False),
        ("/7/**", "/7/a/b", True),
        ("/*/name", "/7/name", True),
        ("/*/name", "/7/8/name", False),
        ("/7", "/%37", True),
        ("**", "", True),
        ("**", "/a%2Fb", True),
    ],
)
def test_a_right_to_a_path_is_to_that_path(pattern, path, allowed):
    assert may(AccessRight(DESK, "persons", path=pattern), path=path) is allowed


ESCAPES = (
    "/open/../secret", "/open/%2e%2e/secret", "/open/%2E./secret", "/open/..%2fsecret", "/open/%2e%2e%2fsecret",
    "/open%2f..%2fsecret", "/open/..;/secret", "/open/..\\secret", "/open/%5c..%5csecret", "/open/%252e%252e/secret/..",
    "//open/7", "/open/7%00", "/open/%zz", "/open/%c0%ae%c0%ae/secret", "/open/7%3fx", "/open/7%23x",
)  # fmt: skip


@pytest.mark.parametrize("path", ESCAPES)
def test_no_spelling_of_a_path_widens_a_right(path):
    assert not may(AccessRight(DESK, "persons", path="/open/*"), path=path)


@pytest.mark.parametrize(
    "path",
    ["/..", "/../admin", "/%2e%2e/admin", "/a/../../admin", "/..%2fadmin", "/%252e%252e/admin", "/..;x=1/admin",
     "/..%5cadmin", "/a%2f..%2f..%2fadmin", "/./../admin", "//../admin", "/a%2fb/../../admin", "/a%5cb/../../admin",
     "/a%252fb/../../admin", "/;%2fa/../admin", "/;a/../admin"],
)  # fmt: skip
def test_even_a_right_to_the_whole_service_does_not_lead_out_of_it(path):
    assert climbs_out(path)
    assert not may(AccessRight(DESK, "persons"), path=path)


def read_as_servers_do(path):
    """Where some server could find `path`, below /svc."""
    for cut_first in (False, True):
        for times in range(3):
            for cut_last in (False, True):
                for backslash in ("\\", "/"):
                    seen = re.sub(r";[^/]*", "", path) if cut_first else path
                    for _ in range(times):
                        seen = unquote(seen)
                    seen = seen.replace("\\", backslash)
                    yield posixpath.normpath("/svc/" + (re.sub(r";[^/]*", "", seen) if cut_last else seen))


PIECES = st.sampled_from(["/", "a", "..", "%2e", "%2f", "%5c", ";", "%3b", "%252e", "%252f", ";/", "%2e%2e", "."])


@given(st.lists(PIECES, max_size=9).map(lambda pieces: "/" + "".join(pieces)))
@example("/a%5cb/../../admin")
@example("/;%2fa/../admin")
def test_what_a_right_to_the_whole_service_lets_pass_stays_in_it_for_every_server(path):
    if may(AccessRight(DESK, "persons"), path=path):
        for place in read_as_servers_do(path):
            assert place == "/svc" or place.startswith("/svc/"), place


@given(st.text(alphabet="/.%2eE25cC\\;ab"))
def test_any_path_is_decided_without_another_error(path):
    right = AccessRight(DESK, "persons", path="/a/*")
    if may(right, path=path):
        assert may(AccessRight(DESK, "persons"), path=path)


@pytest.mark.parametrize(
    ("connection", "caller", "allowed"),
    [
        (ConnectionType.HTTP, Caller(False), True),
        (ConnectionType.HTTP, Caller(True), True),
        (ConnectionType.HTTPS, Caller(False), False),
        (ConnectionType.HTTPS, Caller(True), True),
        (ConnectionType.MUTUAL_TLS, Caller(False, b"known"), False),
        (ConnectionType.MUTUAL_TLS, Caller(True), False),
        (ConnectionType.MUTUAL_TLS, Caller(True, b"other"), False),
        (ConnectionType.MUTUAL_TLS, Caller(True, b"known"), True),
        (ConnectionType.MUTUAL_TLS, Caller(True, b"own"), True),
    ],
)
def test_an_information_system_comes_as_it_was_registered(connection, caller, allowed):
    local = LocalClient(DESK, connection, tls_certificates=(b"known",))
    server = replace(asking_server(), clients={DESK: local})
    with nullcontext() if allowed else pytest.raises(RidgewayError, match="ssl_authentication_failed"):
        assert admit_caller(DESK, caller=caller, server=server, own_certificate=b"own") == local


def test_a_server_in_maintenance_is_not_a_target_and_says_why():
    away = replace(OWN.servers[PROVIDER], maintenance="until noon")
    trust = replace(TRUST, instances={"LAB": replace(OWN, servers={PROVIDER: away})})
    with pytest.raises(WorldError, match="until noon") as refused:
        find_targets(REGISTER, pinned=None, trust=trust)
    assert refused.value.code == "maintenance_mode"
    with pytest.raises(RequestError) as other:
        find_targets(REGISTER, pinned=CONSUMER, trust=trust)
    assert other.value.code == "invalid_security_server"
