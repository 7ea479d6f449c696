from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.db import connections
from django.test import Client, override_settings
from django.utils import timezone

from ridgeway.office.audit.models import Entry
from ridgeway.office.people.actions import add_account
from ridgeway.office.people.models import Account
from ridgeway.office.people.tests.cast import NOON, OPERATOR, PASSWORD, make_account, signed_in
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file, office  # noqa: F401

SIGN_IN = "/people/sign-in"
MINE = "/people/my-account"


@pytest.fixture
def desk(office: Office) -> Iterator[Office]:  # noqa: F811
    with office.at_site("desk"):
        yield office


@pytest.fixture
def any_desk(any_office: Office) -> Iterator[Office]:  # noqa: F811
    with any_office.at_site("desk"):
        yield any_office


def sign_in(client: Client, email: str = "ann@parliament.example", password: str = PASSWORD, **more):
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def test_somebody_signs_in_sees_her_account_and_signs_out(any_desk):
    make_account()
    client = Client()
    assert "password" in client.get(SIGN_IN).content.decode()
    answer = sign_in(client, "  Ann@Parliament.example ", next=MINE)
    assert (answer.status_code, answer["Location"]) == (302, MINE)
    page = client.get(MINE).content.decode()
    assert "Ann Archer" in page
    assert "people.sign_in" in page
    assert client.post("/people/sign-out").status_code == 302
    gone = client.get(MINE)
    assert (gone.status_code, gone["Location"]) == (302, "/people/sign-in?next=%2Fpeople%2Fmy-account")
    acts = list(Entry.objects.order_by("id").values_list("act", "actor_name"))
    assert acts[-2:] == [("people.sign_in", "Ann Archer"), ("people.sign_out", "Ann Archer")]


def test_nobody_learns_which_addresses_have_accounts(desk):
    make_account()
    closed = make_account("bob@parliament.example", "Bob Baker")
    Account.objects.filter(pk=closed.pk).update(is_active=False)
    told = set()
    for email in ("ann@parliament.example", "nobody@parliament.example", "bob@parliament.example"):
        answer = sign_in(Client(), email, "wrong password entirely")
        page = answer.content.decode().replace(email, "E")
        told.add(
            (answer.status_code, page[page.index("error-summary") : page.index("</form>")][:2000].split("csrf")[0])
        )
    assert len(told) == 1
    assert "The e-mail or the password is not right." in str(told)


def test_guessing_is_stopped_for_the_account_and_told_alike_for_an_unknown_one(desk):
    make_account()
    for email in ("ann@parliament.example", "nobody@parliament.example"):
        for attempt in range(5):
            page = sign_in(Client(), email, f"guess {attempt}").content.decode()
            assert "is not right" in page
        for case in (email, email.upper()):
            assert "Too many attempts" in sign_in(Client(), case, PASSWORD).content.decode()


def test_guessing_by_many_at_once_is_stopped_as_well(any_desk):
    make_account()

    def guess(number: int) -> bool:
        try:
            return "is not right" in sign_in(Client(), password=f"guess {number}").content.decode()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(16))) <= 5
    assert "Too many attempts" in sign_in(Client()).content.decode()


def test_an_open_redirect_is_not_followed(desk):
    make_account()
    for bad in (
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
    ):
        client = Client()
        answer = client.post(
            f"{SIGN_IN}?next={bad}", {"login": "ann@parliament.example", "password": PASSWORD, "next": bad}
        )
        assert answer["Location"] == "/", bad


def test_the_session_that_one_had_before_signing_in_is_worth_nothing_after(desk):
    make_account()
    client = Client()
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = "x"
    session.save()
    fixed = str(session.session_key)
    client.cookies["desk_session"] = fixed
    sign_in(client)
    assert client.cookies["desk_session"].value != fixed
    attacker = Client()
    attacker.cookies["desk_session"] = fixed
    assert attacker.get(MINE).status_code == 302


def test_a_form_without_its_token_is_refused(desk):
    make_account()
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client).status_code == 403
    inside = Client(enforce_csrf_checks=True)
    inside.force_login(Account.objects.get())
    for path in ("/people/sign-out", "/people/my-account/password", "/people/add"):
        assert inside.post(path, {}).status_code == 403


def test_signing_in_anew_ends_the_session_before_and_says_so(any_desk):
    account = make_account()
    first = signed_in(account)
    assert first.get(MINE).status_code == 200
    second = Client()
    sign_in(second)
    answer = first.get(MINE)
    assert "ended=elsewhere" in answer["Location"]
    assert "somewhere else" in first.get(answer["Location"]).content.decode()
    assert second.get(MINE).status_code == 200


def test_a_copied_cookie_is_worth_nothing_after_signing_out(desk):
    client = signed_in(make_account())
    thief = Client()
    thief.cookies["desk_session"] = client.cookies["desk_session"].value
    assert thief.get(MINE).status_code == 200
    client.post("/people/sign-out")
    assert thief.get(MINE).status_code == 302
    assert client.get(MINE).status_code == 302


def test_a_stored_session_that_was_kept_aside_does_not_come_back_to_life(desk):
    account = make_account()
    client = signed_in(account)
    kept = dict(client.session.items())
    client.post("/people/sign-out")
    other = Client()
    session = other.session
    for key, value in kept.items():
        session[key] = value
    session.save()
    other.cookies["desk_session"] = str(session.session_key)
    assert other.get(MINE).status_code == 302


def test_idleness_ends_a_session_and_the_page_says_why(desk):
    account = make_account()
    client = signed_in(account)
    Account.objects.filter(pk=account.pk).update(last_seen=timezone.now() - timedelta(seconds=1799))
    assert client.get(MINE).status_code == 200
    Account.objects.filter(pk=account.pk).update(last_seen=timezone.now() - timedelta(seconds=1800))
    answer = client.get(MINE)
    assert "ended=idle" in answer["Location"]
    assert "30 minutes" in client.get(answer["Location"]).content.decode()


def test_asking_how_long_is_left_does_not_keep_one_signed_in_and_staying_does(desk):
    account = make_account()
    client = signed_in(account)
    Account.objects.filter(pk=account.pk).update(last_seen=timezone.now() - timedelta(seconds=1700))
    for _ in range(2):
        assert client.get("/people/session", headers={"Accept": "application/json"}).json()["seconds_left"] <= 100
    assert client.get("/people/session/stay").json()["seconds_left"] >= 1799
    client.post("/people/sign-out")
    assert client.get("/people/session", headers={"Accept": "application/json"}).status_code == 401


def test_who_comes_to_sign_in_because_of_idleness_is_out_and_a_link_that_says_so_puts_nobody_out(desk):
    account = make_account()
    client = signed_in(account)
    assert client.get(f"{SIGN_IN}?ended=idle").status_code == 302
    assert client.get(MINE).status_code == 200
    Account.objects.filter(pk=account.pk).update(last_seen=timezone.now() - timedelta(seconds=1790))
    assert "30 minutes" in client.get(f"{SIGN_IN}?ended=idle").content.decode()
    assert client.get(MINE).status_code == 302


def test_a_session_ends_after_half_a_day_however_busy(desk):
    account = make_account()
    client = signed_in(account)
    Account.objects.filter(pk=account.pk).update(signed_in_at=timezone.now() - timedelta(hours=12))
    assert "ended=old" in client.get(MINE)["Location"]


def test_a_closed_account_is_out_at_once_and_cannot_come_back(desk):
    account = make_account()
    client = signed_in(account)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert client.get(MINE).status_code == 302
    assert sign_in(Client())["Location"] == "/people/sign-in/closed"
    assert Client().get("/people/sign-in/closed").status_code == 403


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(desk):
    account = make_account(roles=["hall.warden"])
    client = signed_in(account)
    assert client.get("/people/").status_code == 200
    account.grants.all().delete()
    assert client.get("/people/").status_code == 403


def test_there_is_no_way_to_sign_up(desk):
    for path in ("/people/signup/", "/people/sign-up", "/accounts/signup/", "/people/sign-in/signup"):
        assert Client().get(path).status_code == 404
    assert Account.objects.count() == 0


def test_another_password_needs_the_one_that_one_has(desk):
    client = signed_in(make_account())
    new = "another long password"
    wrong = client.post("/people/my-account/password", {"oldpassword": "x", "password1": new, "password2": new})
    assert wrong.status_code == 200
    weak = client.post(
        "/people/my-account/password", {"oldpassword": PASSWORD, "password1": "password", "password2": "password"}
    )
    assert weak.status_code == 200
    right = client.post("/people/my-account/password", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert right["Location"] == MINE
    assert client.get(MINE).status_code == 200
    assert sign_in(Client(), password=PASSWORD).status_code == 200
    assert sign_in(Client(), password=new).status_code == 302
    assert Entry.objects.filter(act="people.change_password").count() == 1


class CountingHasher(ScryptPasswordHasher):
    """How often a password was hashed."""

    algorithm = "counting"
    work_factor = 2
    hashed = 0

    def encode(self, *words, **more):
        type(self).hashed += 1
        return super().encode(*words, **more)


def test_an_unknown_address_takes_as_long_as_a_known_one(desk):
    with override_settings(PASSWORD_HASHERS=[f"{__name__}.CountingHasher"]):
        make_account()
        add_account("invited@hall.example", "Invited", [], by=OPERATOR, now=NOON)
        Account.objects.filter(pk=make_account("bob@hall.example", "Bob").pk).update(is_active=False)
        costs = set()
        for email in ("ann@parliament.example", "nobody@hall.example", "invited@hall.example", "bob@hall.example"):
            CountingHasher.hashed = 0
            sign_in(Client(), email, "wrong password entirely")
            costs.add(CountingHasher.hashed)
        assert costs == {1}


def test_the_log_of_the_process_names_nobody_who_was_refused(desk, caplog: pytest.LogCaptureFixture):
    make_account()
    for email in ("ann@parliament.example", "eve@evil.example\nsign-in accepted"):
        sign_in(Client(), email, "wrong password entirely")
    said = [record.getMessage() for record in caplog.records if "sign-in" in record.getMessage()]
    assert said == [f"sign-in refused: account={Account.objects.get().pk} address=127.0.0.1"]
    assert "parliament.example" not in caplog.text


def test_asking_for_the_question_of_a_passkey_is_limited(desk):
    asked = [Client().get("/people/sign-in/passkey", headers={"Accept": "application/json"}) for _ in range(61)]
    assert (asked[59].status_code, asked[60].status_code) == (200, 429)
    assert "request_options" in asked[0].json()


def test_all_of_it_works_in_another_language(desk):
    account = make_account()
    client = signed_in(account)
    Account.objects.filter(pk=account.pk).update(signed_in_at=timezone.now() - timedelta(minutes=6))
    asked = client.get("/ar/people/my-account/second-factor/app/add")["Location"]
    assert asked.startswith("/ar/people/my-account/again/password?next=/ar/people/") or "%2Far%2F" in asked
    back = client.post(asked, {"password": PASSWORD, "next": "/ar/people/my-account/second-factor/app/add"})
    assert back["Location"] == "/ar/people/my-account/second-factor/app/add"
    assert 'dir="rtl"' in client.get(back["Location"]).content.decode()
    client.post("/ar/people/sign-out")
    assert client.get("/ar/people/my-account")["Location"] == "/ar/people/sign-in?next=%2Far%2Fpeople%2Fmy-account"
