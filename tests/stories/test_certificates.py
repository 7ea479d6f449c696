"""A security server's certificates are ordered and renewed over ACME while messages go on."""

import json
import time

import pytest
from tests.stories.country import RunningCountry, run_ridgeway, start_country

from ridgeway.lab.country import PARLIAMENT, REGISTER
from ridgeway.lab.setup import CENTRAL

pytestmark = [pytest.mark.xdist_group("country"), pytest.mark.timeout(240)]

PERSON = "GOV/1001/persons/persons/NM000001"
SUBJECT = ("--subject", "O=Population Register")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A country of its own, for its certificates change."""
    country = start_country(tmp_path_factory.mktemp("certificates") / "s", base_port=RunningCountry.free_base_port())
    yield country
    country.stop()


@pytest.fixture
def register(running):
    """Commands at the register's security server; what they print as JSON."""
    folder = running.country.folder(REGISTER.key)

    def run(*arguments: str):
        return json.loads(run_ridgeway(*arguments, "--json", cwd=folder).stdout)

    return run


def certificates(register, usage: str):
    """SHA-256 → certificate of that usage."""
    keys = [key for key in register("signer", "keys", "list") if key["usage"] == usage]
    return {each["sha256"]: each for key in keys for each in key["certificates"]}


def wait_until(condition, *, seconds: float) -> None:
    """Return once `condition` holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.3)


def ask(running):
    return running.ask(PARLIAMENT, PERSON)


def test_a_signing_certificate_is_ordered_used_and_renewed(running, register):
    ordered = register("securityserver", "acme", "order", "--usage", "signing", "--dns-name", "localhost", *SUBJECT)
    assert ordered["in_use"], ordered["ocsp_error"]
    assert register("securityserver", "acme", "renew") == [], "nothing is due a year before its end"
    (known,) = register("securityserver", "acme", "status")
    assert known["due_at"] is not None
    (step,) = register("securityserver", "acme", "renew", "--now")
    held = certificates(register, "signing")
    old = held[ordered["sha256"]]
    assert not old["active"]
    assert held[old["renewed_by"]]["active"]
    assert old["renewed_by"] in step["what"]
    assert ask(running).status == 200


def test_an_authentication_certificate_is_renewed_without_a_message_lost(running, register):
    (old,) = certificates(register, "authentication")
    register("securityserver", "acme", "adopt", old, "--dns-name", "localhost", *SUBJECT, "--subject", "CN=localhost")
    assert ask(running).status == 200
    register("securityserver", "acme", "renew", "--now")
    new = certificates(register, "authentication")[old]["renewed_by"]
    assert certificates(register, "authentication")[new]["status"] == "registration in progress"
    assert certificates(register, "authentication")[old]["active"], "the old one serves until the new one is registered"

    central = running.country.folder(CENTRAL)
    (request,) = json.loads(run_ridgeway("centralserver", "requests", "list", "--json", cwd=central).stdout)
    run_ridgeway("centralserver", "requests", "approve", str(request["id"]), cwd=central)
    wait_until(lambda: certificates(register, "authentication")[new]["status"] == "registered", seconds=30)
    assert ask(running).status == 200
    # The new one serves once somebody vouches for it; trust asks the authority as soon as it sees the registration.
    register_folder = running.country.folder("register")
    renew = ("securityserver", "acme", "renew", "--json")
    wait_until(lambda: run_ridgeway(*renew, cwd=register_folder, check=False).returncode == 0, seconds=30)
    held = certificates(register, "authentication")
    assert (held[new]["active"], held[old]["active"]) == (True, False)
    for _ in range(3):
        wait_until(lambda: ask(running).status == 200, seconds=20)
    assert all(not each["error"] for each in register("securityserver", "acme", "status"))
