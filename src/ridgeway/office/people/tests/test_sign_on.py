import re
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from ridgeway.errors import SettingsError
from ridgeway.office.audit.models import Entry
from ridgeway.office.people.actions import PeopleError, disconnect_account, set_password
from ridgeway.office.people.models import Account
from ridgeway.office.people.signon import ProviderTable, decide_roles, find_provider, read_providers
from ridgeway.office.people.tests.cast import NOON, OPERATOR, PASSWORD, make_account
from ridgeway.office.people.tests.oidc import SECRET, Works, serve_works
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401

EMAIL = "bea@works.example"
CLAIMS = {"sub": "bea-1", "email": EMAIL, "name": "Bea Builder", "groups": ["porters", "cyclists"]}
MINE = "/people/my-account"


def write_sign_on(folder: Path, server: str, extra: str = "") -> None:
    (folder / "works.secret").write_text(SECRET + "\n")
    (folder / "sign-on.toml").write_text(
        f"""
        [works]
        title = "Ministry of Works"
        kind = "oidc"
        domains = ["works.example"]
        server = "{server}"
        client_id = "ridgeway"
        client_secret_file = "works.secret"
        roles = {{ porters = ["hall.porter"], wardens = ["hall.warden"] }}
        {extra}
        """
    )


@pytest.fixture
def works(office: Office) -> Iterator[Works]:  # noqa: F811
    with serve_works() as service:
        service.claims = dict(CLAIMS)
        write_sign_on(office.settings.state_dir, service.address)
        with office.at_site("desk"):
            yield service


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args, **_kwargs):
        return None


def visit_service(address: str) -> str:
    """Where the service sends the browser back to, as a path."""
    try:
        urllib.request.build_opener(NoRedirects).open(address, timeout=5)
    except urllib.error.HTTPError as redirect:
        with redirect:
            return redirect.headers["Location"].removeprefix("http://testserver")
    raise AssertionError("no redirect")


def leave_for_service(client: Client, email: str = EMAIL, following: str = "") -> str:
    sent = client.post("/people/sign-in", {"login": email, "next": following})
    assert sent["Location"].startswith("/people/sign-on/works")
    page = client.get(sent["Location"])
    address = page.headers["Refresh"].removeprefix("0; url=")
    assert unescape(re.search(r'class="button[^"]*" href="([^"]+)"', page.content.decode()).group(1)) == address
    return address


def come_by_service(client: Client, following: str = ""):
    return client.get(visit_service(leave_for_service(client, following=following)))


def test_somebody_comes_by_her_sign_on_service_with_the_roles_of_her_groups(works):
    client = Client()
    answer = come_by_service(client, following=MINE)
    assert (answer.status_code, answer["Location"]) == (302, MINE)
    page = client.get(MINE).content.decode()
    assert "Bea Builder" in page
    assert "Porter (hall)" in page
    account = Account.objects.get()
    assert (account.email, account.provider, account.has_usable_password()) == (EMAIL, "works", False)
    assert SocialAccount.objects.get().extra_data == {}
    assert not SocialToken.objects.exists()
    acts = list(Entry.objects.order_by("id").values_list("act", "actor_name"))
    service = "sign-on service works"
    assert acts == [
        ("people.add", service),
        ("people.connect", service),
        ("people.grant", service),
        ("people.sign_in", "Bea Builder"),
    ]


def test_roles_are_those_of_the_groups_each_time_and_none_is_refused(works):
    come_by_service(Client())
    account = Account.objects.get()
    works.claims["groups"] = ["wardens"]
    come_by_service(Client())
    assert list(account.grants.values_list("role", flat=True)) == ["hall.warden"]
    for groups in ([], ["cyclists"], None, 7, {"wardens": 1}, [["wardens"]]):
        works.claims["groups"] = groups
        client = Client()
        answer = come_by_service(client)
        assert answer.status_code == 403
        assert "has not given you a role" in answer.content.decode()
        assert client.get(MINE).status_code == 302


@pytest.mark.parametrize(
    "change",
    [{"email": "eve@elsewhere.example"}, {"email": ""}, {"email": EMAIL, "email_verified": False}, {"email": [1]}],
)
def test_the_service_is_believed_about_verified_addresses_of_its_own_domain_alone(works, change: dict[str, object]):
    make_account("eve@elsewhere.example", "Eve", ["hall.warden"])
    works.claims |= change
    client = Client()
    assert come_by_service(client).status_code == 403
    assert client.get(MINE).status_code == 302
    assert Account.objects.count() == 1


def test_another_person_of_the_service_with_the_same_address_gets_the_same_account(works):
    come_by_service(Client())
    works.claims["sub"] = "bea-2"
    assert come_by_service(Client()).status_code == 302
    assert Account.objects.count() == 1


def test_an_account_with_a_password_goes_over_to_the_service_and_its_password_is_gone(works):
    account = make_account(EMAIL, "Bea", ["hall.warden"])
    come_by_service(Client())
    account.refresh_from_db()
    assert (account.provider, account.has_usable_password()) == ("works", False)
    assert list(account.grants.values_list("role", flat=True)) == ["hall.porter"]


def test_a_password_does_not_count_for_an_address_of_the_service(works):
    make_account(EMAIL, "Bea", ["hall.warden"])
    client = Client()
    sent = client.post("/people/sign-in", {"login": EMAIL, "password": PASSWORD})
    assert sent["Location"] == "/people/sign-on/works"
    assert client.get(MINE).status_code == 302


def test_a_closed_account_is_not_opened_by_the_service(works):
    come_by_service(Client())
    Account.objects.update(is_active=False)
    client = Client()
    assert come_by_service(client).status_code == 403
    assert client.get(MINE).status_code == 302


def test_other_addresses_are_asked_for_a_password_on_the_next_page(works):
    make_account()
    client = Client()
    first = client.get("/people/sign-in").content.decode()
    assert 'type="password"' not in first
    for email in ("ann@parliament.example", "nobody@parliament.example"):
        second = client.post("/people/sign-in", {"login": email})
        assert second["Location"] == "/people/sign-in?step=password"
        page = client.get(second["Location"]).content.decode()
        assert 'type="password"' in page
        assert email in page
    answer = client.post("/people/sign-in", {"login": "ann@parliament.example", "password": PASSWORD})
    assert answer["Location"] == "/"


def test_an_answer_that_was_not_asked_for_or_comes_twice_or_to_another_browser_is_refused(works):
    client = Client()
    back = visit_service(leave_for_service(client))
    assert Client().get(back)["Location"] == "/people/sign-on-failed"
    assert client.get(back).status_code == 302
    for bad in (back, "/people/sign-on/works/back", "/people/sign-on/works/back?error=access_denied&state=x"):
        other = Client()
        assert other.get(bad)["Location"] == "/people/sign-on-failed"
        assert other.get(MINE).status_code == 302
    assert Client().get("/people/sign-on-failed").status_code == 403


def test_a_code_of_another_sign_in_is_refused_by_pkce(works):
    mine, thief = Client(), Client()
    stolen = re.search(r"code=([^&]+)", visit_service(leave_for_service(mine))).group(1)
    back = visit_service(leave_for_service(thief))
    answer = thief.get(re.sub(r"code=[^&]+", f"code={stolen}", back))
    assert answer["Location"] == "/people/sign-on-failed"
    assert thief.get(MINE).status_code == 302


def test_a_token_for_another_client_is_refused(works):
    works.audience = "another"
    client = Client()
    assert come_by_service(client)["Location"] == "/people/sign-on-failed"
    assert client.get(MINE).status_code == 302


def test_one_is_not_sent_to_a_service_by_a_link_alone(works):
    assert Client().get("/people/sign-on/works")["Location"] == "/people/sign-in"
    assert Client().get("/people/sign-on/nobody")["Location"] == "/people/sign-in"
    assert Client().get("/people/sign-on/nobody/back?code=1&state=2").status_code == 404
    assert works.asked == []


def test_one_is_sent_nowhere_else_afterwards(works):
    assert come_by_service(Client(), following="https://evil.example/")["Location"] == "/"


def test_no_redirect_of_the_service_is_followed_by_our_own_requests(works):
    client = Client()
    back = visit_service(leave_for_service(client))
    works.redirects_to = f"{works.address}/elsewhere"
    assert client.get(back)["Location"] == "/people/sign-on-failed"
    assert "/elsewhere" not in works.asked


@pytest.mark.parametrize("padding", ["", "x" * 2_000_000])
def test_a_service_that_answers_nonsense_or_without_end_is_said_to_have_failed(works, padding: str):
    works.configuration = lambda: {"padding": padding}
    client = Client()
    client.post("/people/sign-in", {"login": EMAIL})
    assert client.get("/people/sign-on/works")["Location"] == "/people/sign-on-failed"


def test_a_service_that_is_down_is_said_to_be(works, office):  # noqa: F811
    write_sign_on(office.settings.state_dir, "http://127.0.0.1:9")
    client = Client()
    client.post("/people/sign-in", {"login": EMAIL})
    assert client.get("/people/sign-on/works")["Location"] == "/people/sign-on-failed"


@pytest.mark.parametrize("asks", [True, False])
def test_a_service_that_asks_for_a_second_factor_spares_ours(works, office, asks: bool):  # noqa: F811
    from dataclasses import replace

    from ridgeway.office.tests.ready import with_settings

    write_sign_on(office.settings.state_dir, works.address, f"asks_second_factor = {str(asks).lower()}")
    with_settings(office, lambda web: replace(web, require_second_factor=True))
    client = Client()
    come_by_service(client)
    assert (client.get(MINE).status_code == 200) is asks


SECOND = "[second]\ntitle='S'\nkind='oidc'\nclient_id='c'\nroles={a=['b']}\n"
WRONG = {
    'colour = "red"': "colour",
    f"{SECOND}domains=['works.example']\nserver='https://s'": "belongs to two",
    f"{SECOND}domains=['s.example']\nserver='http://s.example'": "https",
    f"{SECOND}domains=['S@x']\nserver='https://s'": "no domain",
    f"{SECOND}domains=[]\nserver='https://s'": "needs domains",
    "[Bad]\ntitle='B'\nkind='oidc'\ndomains=['b.example']\nroles={}": "is no id",
    "[saml]\ntitle='B'\nkind='saml'\ndomains=['b.example']\nroles={a=['b']}": "certificate_file",
    "[x]\ntitle='B'\nkind='ldap'\ndomains=['b.example']\nroles={}": "ldap",
    "[": "cannot be used",
}


@pytest.mark.parametrize(("change", "said"), WRONG.items(), ids=WRONG.values())
def test_a_wrong_file_is_refused_by_what_is_wrong(tmp_path: Path, change: str, said: str):
    write_sign_on(tmp_path, "https://id.works.example", change)
    with pytest.raises(SettingsError) as refused:
        read_providers(tmp_path / "sign-on.toml")
    assert said in refused.value.detail


def test_a_domain_is_the_whole_of_what_stands_after_the_last_sign(tmp_path: Path):
    write_sign_on(tmp_path, "https://id.works.example")
    providers = read_providers(tmp_path / "sign-on.toml")
    assert read_providers(tmp_path / "nothing.toml") == ()
    for email in ("a@works.example", " A@WORKS.EXAMPLE ", '"a@b"@works.example'):
        assert find_provider(providers, email) is providers[0]
    for email in ("a@x.works.example", "a@works.example.evil", "works.example", "", "a@works.example@evil.example"):
        assert find_provider(providers, email) is None or email == "works.example"
    assert decide_roles(providers[0], {"groups": "wardens"}) == {"hall.warden"}
    assert isinstance(providers[0].table, ProviderTable)


def test_an_account_is_parted_from_its_service_and_gets_a_password(works, office):  # noqa: F811
    come_by_service(Client())
    account = Account.objects.get()
    with pytest.raises(PeopleError):
        set_password(account, PASSWORD, by=OPERATOR, now=NOON)
    disconnect_account(account, by=OPERATOR, now=NOON, reason="the service is gone")
    (office.settings.state_dir / "sign-on.toml").unlink()
    set_password(account, PASSWORD, by=OPERATOR, now=NOON)
    client = Client()
    assert client.post("/people/sign-in", {"login": EMAIL, "password": PASSWORD})["Location"] == "/"
    assert not SocialAccount.objects.exists()
