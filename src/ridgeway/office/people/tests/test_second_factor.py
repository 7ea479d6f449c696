import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from ridgeway.office.audit.models import Entry
from ridgeway.office.people.actions import reset_second_factor
from ridgeway.office.people.models import Account
from ridgeway.office.people.secondfactor import build_vault
from ridgeway.office.people.tests.cast import NOON, OPERATOR, PASSWORD, make_account, make_code, signed_in
from ridgeway.office.tests.ready import Office, migrated_file, office, with_settings  # noqa: F401

FACTORS = "/people/my-account/second-factor"
ADD_APP = f"{FACTORS}/app/add"
SECOND = "/people/sign-in/second-factor"
MINE = "/people/my-account"


@pytest.fixture
def desk(office: Office) -> Iterator[Office]:  # noqa: F811
    strict = with_settings(office, lambda web: replace(web, require_second_factor=True))
    with strict.at_site("desk"):
        yield strict


def type_password(client: Client, email: str = "ann@parliament.example") -> str:
    return client.post("/people/sign-in", {"login": email, "password": PASSWORD})["Location"]


def set_up_app(client: Client) -> str:
    page = client.get(ADD_APP)
    assert page.status_code == 200, page.get("Location")
    secret = re.search(r"<code data-secret>([A-Z2-7]+)</code>", page.content.decode()).group(1)
    answer = client.post(ADD_APP, {"code": make_code(secret)})
    assert answer["Location"] == f"{FACTORS}/codes"
    return secret


def read_codes(client: Client) -> list[str]:
    return re.findall(r"<li><code>(\w+)</code></li>", client.get(f"{FACTORS}/codes").content.decode())


def test_without_a_second_factor_one_reaches_only_the_pages_that_set_one_up(desk):
    client = Client()
    make_account(roles=["hall.warden"])
    type_password(client)
    for path in ("/", MINE, "/people/", "/audit/"):
        assert client.get(path)["Location"] == FACTORS
    assert client.post("/people/add", {"email": "x@x.example", "name": "X"})["Location"] == FACTORS
    assert "Set up an app or a passkey" in client.get(FACTORS).content.decode()
    set_up_app(client)
    assert client.get(MINE).status_code == 200
    assert client.get("/people/").status_code == 200


def test_a_code_of_the_app_is_asked_after_the_password(desk):
    make_account()
    first = Client()
    type_password(first)
    secret = set_up_app(first)
    client = Client()
    assert type_password(client) == SECOND
    assert client.get(MINE).status_code == 302
    assert client.get("/people/sign-in")["Location"] == SECOND
    wrong = client.post(SECOND, {"code": "000000"})
    assert "did not work" in wrong.content.decode()
    assert client.post(SECOND, {"code": make_code(secret, steps=1)})["Location"] == "/"
    assert client.get(MINE).status_code == 200
    acts = list(Entry.objects.order_by("id").values_list("act", flat=True))
    assert "people.second_factor_failed" in acts
    assert Entry.objects.filter(act="people.sign_in").latest("id").details["by"] == ["password", "totp"]


def test_a_code_counts_once_even_within_the_tolerance_for_clocks(desk):
    make_account()
    first = Client()
    type_password(first)
    secret = set_up_app(first)
    code = make_code(secret, steps=1)
    for answer in (302, 200):
        client = Client()
        type_password(client)
        assert client.post(SECOND, {"code": code}).status_code == answer


def test_recovery_codes_are_shown_once_and_count_once(desk):
    make_account()
    first = Client()
    type_password(first)
    set_up_app(first)
    codes = read_codes(first)
    assert len(codes) == 10
    assert read_codes(first) == []
    for answer in (302, 200):
        client = Client()
        type_password(client)
        assert client.post(SECOND, {"code": codes[0]}).status_code == answer


def test_codes_are_not_guessed(desk):
    make_account()
    first = Client()
    type_password(first)
    secret = set_up_app(first)
    client = Client()
    type_password(client)
    for guess in range(5):
        client.post(SECOND, {"code": f"{guess:06}"})
    assert "Too many attempts" in client.post(SECOND, {"code": make_code(secret, steps=1)}).content.decode()


def test_the_second_step_is_not_reached_without_the_first(desk):
    make_account()
    for method in ("get", "post"):
        assert getattr(Client(), method)(SECOND)["Location"] == "/people/sign-in"


def test_after_a_while_the_password_is_asked_again_before_the_second_factor_changes(desk):
    account = make_account()
    client = Client()
    type_password(client)
    set_up_app(client)
    Account.objects.filter(pk=account.pk).update(signed_in_at=timezone.now() - timedelta(minutes=6))
    asked = client.get(f"{FACTORS}/app/remove")["Location"]
    assert asked.startswith("/people/my-account/again/password")
    assert "not right" in client.post(asked, {"password": "wrong"}).content.decode()
    back = client.post(asked, {"password": PASSWORD, "next": f"{FACTORS}/app/remove"})["Location"]
    assert client.post(back).status_code == 302
    assert not Authenticator.objects.filter(user_id=account.pk).exists()
    assert client.get(MINE)["Location"] == FACTORS


def test_an_administrator_resets_it_and_the_person_is_out_and_starts_anew(desk):
    account = make_account()
    client = Client()
    type_password(client)
    set_up_app(client)
    reset_second_factor(account, by=OPERATOR, now=NOON, reason="phone lost")
    assert client.get(MINE)["Location"].startswith("/people/sign-in")
    again = Client()
    assert type_password(again) == "/"
    assert again.get(MINE)["Location"] == FACTORS
    line = Entry.objects.get(act="people.reset_second_factor")
    assert (line.reason, line.details["removed"]) == ("phone lost", ["recovery_codes", "totp"])


def test_secrets_lie_encrypted_and_survive_another_secret_key(desk):
    account = make_account()
    client = Client()
    type_password(client)
    secret = set_up_app(client)
    stored = Authenticator.objects.get(user_id=account.pk, type="totp").data["secret"]
    assert secret not in stored
    with override_settings(SECRET_KEY="another secret key of tests" * 2, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert build_vault().decrypt(stored.encode()).decode() == secret
        other = Client()
        type_password(other)
        assert other.post(SECOND, {"code": make_code(secret, steps=1)}).status_code == 302


def test_where_it_is_not_required_one_works_without(office):  # noqa: F811
    with office.at_site("desk"):
        assert signed_in(make_account()).get(MINE).status_code == 200


def test_a_secret_that_no_key_opens_lets_nobody_in(desk):
    make_account()
    client = Client()
    type_password(client)
    secret = set_up_app(client)
    with override_settings(SECRET_KEY="another secret key of tests" * 2, SECRET_KEY_FALLBACKS=[]):
        for guess in (secret, ""):
            other = Client()
            type_password(other)
            assert other.post(SECOND, {"code": make_code(guess, steps=1)}).status_code == 200
