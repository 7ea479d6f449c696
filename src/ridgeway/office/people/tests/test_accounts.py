from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ridgeway.office.audit.models import Entry
from ridgeway.office.people.actions import (
    Doer,
    PeopleError,
    add_account,
    close_account,
    disconnect_account,
    end_session,
    rename_account,
    reset_second_factor,
    set_password,
    set_roles,
)
from ridgeway.office.people.invitations import TOKENS, find_invited, make_invitation
from ridgeway.office.people.models import Account, RoleGrant
from ridgeway.office.people.tests.cast import NOON, OPERATOR, PASSWORD, make_account, signed_in
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file, office  # noqa: F401

WARDEN = frozenset({"hall.open", "hall.close", "people.manage", "audit.read", "people.signed_in"})


@pytest.fixture
def desk(office: Office) -> Iterator[Office]:  # noqa: F811
    with office.at_site("desk"):
        yield office


def test_an_account_is_added_with_its_roles_and_every_step_is_in_the_log(any_office):  # noqa: F811
    account = add_account(" Bob@Hall.Example ", "Bob  Baker", ["hall.porter"], by=OPERATOR, now=NOON)
    assert (account.email, account.name, account.has_usable_password()) == ("bob@hall.example", "Bob Baker", False)
    set_roles(account, ["hall.warden"], by=OPERATOR, now=NOON, reason="promoted")
    lines = [(e.act, e.subject, e.details.get("role"), e.reason) for e in Entry.objects.order_by("id")]
    subject = f"account:{account.pk}"
    assert lines == [
        ("people.add", subject, None, ""),
        ("people.grant", subject, "hall.porter", ""),
        ("people.grant", subject, "hall.warden", "promoted"),
        ("people.revoke", subject, "hall.porter", "promoted"),
    ]
    with pytest.raises(PeopleError) as again:
        add_account("BOB@hall.example", "Another", [], by=OPERATOR, now=NOON)
    assert again.value.code == "known_account"


@pytest.mark.parametrize(("email", "name"), [("no address", "Bob"), ("b@x.example", " "), ("b@x.example", "x" * 121)])
def test_an_account_needs_an_address_and_a_name(desk, email: str, name: str):
    with pytest.raises(PeopleError) as refused:
        add_account(email, name, [], by=OPERATOR, now=NOON)
    assert refused.value.code == "malformed_account"
    assert Account.objects.count() == 0


def test_a_refused_role_leaves_no_half_made_account(desk):
    with pytest.raises(PeopleError):
        add_account("bob@hall.example", "Bob", ["hall.porter", "hall.nobody"], by=OPERATOR, now=NOON)
    assert (Account.objects.count(), RoleGrant.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_nobody_changes_their_own_roles_or_gives_more_than_they_hold(desk):
    ann = make_account(roles=["hall.warden"])
    bob = make_account("bob@hall.example", "Bob", [])
    by = Doer("Ann", ann.pk, WARDEN)
    cases: tuple[tuple[Account, list[str]], ...] = (
        (ann, ["hall.warden", "office.administrator"]),
        (ann, []),
        (bob, ["petitions.sysadmin"]),
    )
    for account, roles in cases:
        with pytest.raises(PeopleError) as refused:
            set_roles(account, roles, by=by, now=NOON)
        assert refused.value.code == "access_denied"
    set_roles(bob, ["hall.porter"], by=by, now=NOON)
    assert list(bob.grants.values_list("role", flat=True)) == ["hall.porter"]


def test_who_may_do_less_has_no_power_over_who_may_do_more(desk):
    chief = make_account("chief@hall.example", "Chief", ["hall.warden"])
    clerk = Doer("Clerk", 999, frozenset({"people.manage"}))
    for verb in (close_account, reset_second_factor, make_invitation, disconnect_account, end_session):
        with pytest.raises(PeopleError) as refused:
            verb(chief, by=clerk, now=NOON)
        assert refused.value.code == "access_denied"
    with pytest.raises(PeopleError):
        rename_account(chief, "Somebody Else", by=clerk, now=NOON)


def test_a_role_that_no_service_knows_any_more_can_be_taken_and_not_given(desk):
    bob = make_account("bob@hall.example", "Bob", [])
    RoleGrant.objects.create(account=bob, role="gone.moderator")
    with pytest.raises(PeopleError):
        set_roles(bob, ["gone.moderator", "gone.other"], by=OPERATOR, now=NOON)
    set_roles(bob, [], by=OPERATOR, now=NOON)
    assert bob.grants.count() == 0


def test_a_weak_password_is_refused_and_a_good_one_ends_the_session(desk):
    ann = make_account()
    client = signed_in(ann)
    for weak in ("short", "123456789012", "ann@parliament.example", "password1234"):
        with pytest.raises(PeopleError):
            set_password(ann, weak, by=OPERATOR, now=NOON)
    set_password(ann, "a new and longer password", by=OPERATOR, now=NOON)
    assert client.get("/people/my-account").status_code == 302


def test_an_administrator_adds_an_account_and_its_owner_sets_a_password_by_the_link(desk):
    admin = signed_in(make_account(roles=["hall.warden"]))
    added = admin.post("/people/add", {"email": "bob@hall.example", "name": "Bob Baker", "roles": ["hall.porter"]})
    bob = Account.objects.get(email="bob@hall.example")
    assert added["Location"] == f"/people/{bob.pk}"
    page = admin.get(added["Location"]).content.decode()
    link = page.split("<code data-link>")[1].split("</code>")[0]
    assert link.startswith("http://testserver/people/invitation/")
    assert "data-link" not in admin.get(added["Location"]).content.decode()
    path = link.removeprefix("http://testserver")
    browser = Client()
    assert "bob@hall.example" in browser.get(path).content.decode()
    new = "eleven green bottles"
    for wrong in ({"password1": "short", "password2": "short"}, {"password1": new, "password2": "other"}):
        assert browser.post(path, wrong).status_code == 200
    assert browser.post(path, {"password1": new, "password2": new})["Location"] == "/people/sign-in"
    assert Client().get(path).status_code == 404
    assert Client().post("/people/sign-in", {"login": bob.email, "password": new}).status_code == 302


def test_a_link_counts_for_a_day_and_for_one_account(desk):
    bob, ann = make_account("bob@hall.example", "Bob"), make_account()
    token = TOKENS.make_token(bob)
    assert find_invited(bob.pk, token) == bob
    assert find_invited(ann.pk, token) is None
    assert find_invited(bob.pk, token + "x") is None
    late = TOKENS._make_token_with_timestamp(bob, TOKENS._num_seconds(TOKENS._now()) - 86_401, TOKENS.secret)
    assert find_invited(bob.pk, late) is None
    Account.objects.filter(pk=bob.pk).update(is_active=False)
    assert find_invited(bob.pk, token) is None


def test_an_administrator_closes_opens_and_signs_out_accounts(desk):
    admin = signed_in(make_account(roles=["hall.warden"]))
    bob = make_account("bob@hall.example", "Bob")
    his = signed_in(bob)
    assert admin.post(f"/people/{bob.pk}/sign-out").status_code == 302
    assert his.get("/people/my-account").status_code == 302
    assert admin.post(f"/people/{bob.pk}/close", {"reason": "left us"}).status_code == 302
    assert Client().post("/people/sign-in", {"login": bob.email, "password": PASSWORD})["Location"].endswith("closed")
    assert "left us" in admin.get(f"/people/{bob.pk}").content.decode()
    assert admin.post(f"/people/{bob.pk}/open").status_code == 302
    assert Client().post("/people/sign-in", {"login": bob.email, "password": PASSWORD})["Location"] == "/"
    acts = list(
        Entry.objects.filter(subject=f"account:{bob.pk}", actor_name="Ann Archer").values_list("act", flat=True)
    )
    assert set(acts) == {"people.end_session", "people.deactivate", "people.activate"}


def test_an_act_by_a_link_alone_or_on_oneself_or_of_no_kind_does_nothing(desk):
    ann = make_account(roles=["hall.warden"])
    admin = signed_in(ann)
    bob = make_account("bob@hall.example", "Bob")
    assert admin.get(f"/people/{bob.pk}/close").status_code == 405
    assert admin.post(f"/people/{ann.pk}/close").status_code == 400
    assert admin.post(f"/people/{bob.pk}/delete").status_code == 404
    assert Account.objects.filter(is_active=True).count() == 2


def test_who_may_not_manage_people_reaches_none_of_its_pages(desk):
    bob = make_account("bob@hall.example", "Bob")
    client = signed_in(bob)
    for path in ("/people/", "/people/add", f"/people/{bob.pk}", "/audit/", "/audit/audit.csv"):
        assert client.get(path).status_code == 403
        assert Client().get(path).status_code == 302
    assert client.post(f"/people/{bob.pk}/open").status_code == 403


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_of_accounts_asks_the_database_as_often_for_one_as_for_three(desk, size: int):
    admin = signed_in(make_account(roles=["hall.warden"]))
    for number in range(size):
        make_account(f"p{number}@hall.example", f"Porter {number}", ["hall.porter"])
    Account.objects.update(last_seen=timezone.now() + timedelta(seconds=30))
    with CountQueries() as count:
        page = admin.get("/people/?q=porter&role=hall.porter")
    assert page.content.decode().count('scope="row"') == size
    assert count.number == 6


class CountQueries:
    """How often the database was asked."""

    def __enter__(self) -> "CountQueries":
        from django.db import connection

        self.number = 0
        self.wrapper = connection.execute_wrapper(self.count)
        self.wrapper.__enter__()
        return self

    def count(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)

    def __exit__(self, *error: object) -> None:
        self.wrapper.__exit__(None, None, None)
