"""The desk in a real browser: as axe sees each page and each wrong form, by keyboard, with and without script."""

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.browsing import assert_accessible, browser, mark_browser, open_window, serve  # noqa: F401
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import (
    Department,
    Invalidation,
    Mailshot,
    Petition,
    Proposal,
    RejectionReason,
    Signature,
    Tag,
    Topic,
    TrendingSource,
)
from ridgeway.services.petitions.states import SignatureRole, SignatureState, State
from ridgeway.services.petitions.tests.cast import NOON, found_site, open_petition, sign_row
from ridgeway.services.petitions.writer.recounting import recount

pytestmark = mark_browser("petitions-browser")
SMALL, WIDE = {"width": 320, "height": 640}, {"width": 1200, "height": 800}
Desk = tuple[str, Petition]


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:  # noqa: F811
    """The desk, served, with a petition that waits and all that hangs on one."""
    found_site(link_domains="parliament.example", team_mailbox="team@parliament.example")
    RejectionReason.objects.create(code="duplicate", title="Duplicate", description="There is one already.")
    RejectionReason.objects.create(code="libellous", title="Libellous", description="No.", is_hidden=True)
    now = timezone.now()
    petition = open_petition(State.SPONSORED, moderation_threshold_reached_at=NOON, action="<b>Trees</b> & more")
    sign_row(petition, "Ada", role=SignatureRole.SPONSOR, state=SignatureState.VALIDATED)
    sign_row(petition, "Ben", ip="192.0.2.1", source="192.0.2.1", created_at=now)
    sign_row(petition, "Cem", ip="192.0.2.1", source="192.0.2.1", created_at=now, state=SignatureState.VALIDATED)
    recount(petition.pk, now=now)
    for model, name in ((Tag, "urgent"), (Department, "Office of Trees")):
        model.objects.create(name=name)
    Topic.objects.create(code="trees", name="Trees")
    Mailshot.objects.create(petition=petition, subject="Come", body="Speak.", created_at=now, updated_at=now)
    Invalidation.objects.create(summary="Bots", name="Bot%", matching_count=3, created_at=now, counted_at=now)
    TrendingSource.objects.create(kind="ip", source="203.0.113.9", petition=petition, count=120, starts_at=now)
    with office.at_site("desk"), serve() as address:
        yield address, petition


def enter(page: Page, address: str, name: str, role: str) -> None:
    """`name` is signed in."""
    cookies = signed_in(make_account(f"{name.lower()}@parliament.example", name, [f"petitions.{role}"])).cookies
    page.context.add_cookies(
        [{"name": each, "value": cookie.value, "url": address} for each, cookie in cookies.items()]
    )


def list_paths(petition: Petition) -> list[str]:
    """Every page that shows something or asks for something."""
    signature = Signature.objects.get(name="Ben").pk
    of_petition: tuple[str, ...] = (
        "",
        "/text",
        "/marks",
        "/reject",
        "/remove",
        "/response",
        "/debate",
        "/outcome",
        "/business",
    )
    of_petition += ("/signatures", "/fraud", "/letters", "/letters/new", f"/letters/{Mailshot.objects.get().pk}")
    return [
        "",
        "list",
        "overdue",
        "signatures?q=192.0.2.1",
        f"signatures/{signature}",
        "fraud",
        "limits",
        "domains",
        "domains/new",
        "invalidations",
        "invalidations/new",
        f"invalidations/{Invalidation.objects.get().pk}",
        *(f"{petition.pk}{each}" for each in of_petition),
    ]


@pytest.mark.parametrize(
    ("prefix", "size"),
    [("", SMALL), pytest.param("", WIDE, marks=pytest.mark.slow), pytest.param("/ar", SMALL, marks=pytest.mark.slow)],
)
def test_axe_finds_nothing_on_any_page_of_the_desk(browser: Browser, desk: Desk, prefix: str, size: dict[str, int]):  # noqa: F811
    address, petition = desk
    sam = make_account("sam@parliament.example", "Sam", ["petitions.sysadmin"])
    Proposal.objects.create(petition=petition, act="hide", details={}, proposed_by=sam, proposed_at=timezone.now())
    with open_window(browser, address, viewport=size) as page:
        enter(page, address, "Sofia", "sysadmin")
        for path in list_paths(petition):
            answer = page.goto(f"{prefix}/petitions/{path}")
            assert answer is not None
            assert answer.status == 200, path
            expect(page.locator("html")).to_have_attribute("dir", "rtl" if prefix else "ltr")
            assert_accessible(page)


@pytest.mark.parametrize("prefix", ["", pytest.param("/ar", marks=pytest.mark.slow)])
def test_axe_finds_nothing_when_forms_are_wrong_and_the_problem_has_the_focus(
    browser: Browser,  # noqa: F811
    desk: Desk,
    prefix: str,
):
    address, petition = desk
    forms = ("reject", "remove", "response", "outcome", "business", "letters/new")
    with open_window(browser, address, statuses=(422,), viewport=SMALL) as page:
        enter(page, address, "Sofia", "sysadmin")
        for path in [*(f"{petition.pk}/{each}" for each in forms), "invalidations/new", "domains/new"]:
            page.goto(f"{prefix}/petitions/{path}")
            page.locator("main form button[type=submit]").first.click()
            expect(page.locator(".error-summary")).to_be_focused()
            assert_accessible(page)


def test_mona_decides_by_keyboard_alone_and_without_script(browser: Browser, desk: Desk):  # noqa: F811
    address, petition = desk
    with open_window(browser, address, viewport=WIDE, java_script_enabled=False) as page:
        enter(page, address, "Mona", "moderator")
        page.goto(f"/petitions/{petition.pk}")
        page.get_by_role("link", name="Reject").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Duplicate").focus()
        page.keyboard.press("Space")
        page.get_by_label(re.compile("Details for the creator")).focus()
        page.keyboard.type("See 7.")
        page.get_by_role("button", name="Reject without mail").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("The petition is rejected.")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("<b>Trees</b> & more")
    petition.refresh_from_db()
    assert (petition.state, petition.rejection_details) == (State.REJECTED, "See 7.")


def test_mona_withdraws_signatures_without_script_and_is_asked_before_she_deletes(browser: Browser, desk: Desk):  # noqa: F811
    address, petition = desk
    with open_window(browser, address, viewport=WIDE, java_script_enabled=False) as page:
        enter(page, address, "Mona", "moderator")
        page.goto(f"/petitions/{petition.pk}/signatures")
        expect(page.get_by_label("Carla")).to_have_count(0)
        page.get_by_label("Cem").check()
        page.get_by_role("button", name="Withdraw", exact=True).click()
        expect(page.get_by_text("1 signature was changed.")).to_be_visible()
        page.get_by_label("Ben").check()
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Delete 1 signature?")
        page.get_by_role("button", name="Delete for good").click()
        expect(page.get_by_text("1 signature was changed.")).to_be_visible()
    assert not Signature.objects.filter(name="Ben").exists()
    assert recount(petition.pk, now=timezone.now(), repairs=False) is None


def test_axe_finds_nothing_where_deleting_is_asked_about(browser: Browser, desk: Desk):  # noqa: F811
    address, petition = desk
    with open_window(browser, address, viewport=SMALL) as page:
        enter(page, address, "Mona", "moderator")
        page.goto(f"/petitions/{petition.pk}/signatures")
        page.get_by_label("Ben").check()
        page.get_by_role("button", name="Delete", exact=True).click()
        page.get_by_role("heading", level=1, name="Delete 1 signature?").wait_for()
        assert_accessible(page)


def test_rita_writes_a_note_and_it_saves_itself(browser: Browser, desk: Desk):  # noqa: F811
    address, petition = desk
    with open_window(browser, address, viewport=WIDE) as page:
        enter(page, address, "Rita", "reviewer")
        page.goto(f"/petitions/{petition.pk}/marks")
        page.get_by_label(re.compile("Notes")).fill("Looks like 7.")
        expect(page.locator("[data-autosave-said]")).to_have_text("Saved.")
        page.get_by_label("urgent").check()
        page.wait_for_timeout(1500)
    petition.refresh_from_db()
    assert petition.notes == "Looks like 7."
    assert [tag.name for tag in petition.tags.all()] == ["urgent"]


def test_two_people_open_a_petition_and_who_leaves_it_releases_it(browser: Browser, desk: Desk):  # noqa: F811
    address, petition = desk
    here = f"/petitions/{petition.pk}"
    with (
        open_window(browser, address, viewport=WIDE) as first,
        open_window(browser, address, viewport=WIDE) as second,
    ):
        enter(first, address, "Mona", "moderator")
        enter(second, address, "Moses", "moderator")
        first.goto(here)
        second.goto(here)
        expect(second.get_by_text("Mona is working on this petition.")).to_be_visible()
        assert_accessible(second)
        first.get_by_role("link", name="Texts and note").click()
        first.get_by_role("heading", level=1, name="Texts and note").wait_for()
        second.reload()
        expect(second.get_by_text("Mona is working on this petition.")).to_be_visible()
        first.get_by_role("link", name="Audit log").or_(
            first.get_by_role("link", name="Signatures", exact=True)
        ).first.click()
        first.wait_for_timeout(500)
        second.reload()
        expect(second.get_by_text("You are working on this petition")).to_be_visible()
        first.goto(here)
        first.get_by_role("button", name="Take it over").click()
        expect(first.get_by_text("You are working on this petition now.")).to_be_visible()


def test_the_progress_of_a_batch_is_fresh_while_sofia_looks(browser: Browser, desk: Desk):  # noqa: F811
    address, _petition = desk
    batch = Invalidation.objects.get()
    with open_window(browser, address, viewport=WIDE) as page:
        enter(page, address, "Sofia", "sysadmin")
        page.goto(f"/petitions/invalidations/{batch.pk}")
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_text("Waiting for a worker")).to_be_visible()
        Invalidation.objects.update(started_at=timezone.now(), invalidated_count=2)
        expect(page.get_by_text("2 of ")).to_be_attached(timeout=10_000)
        assert_accessible(page)
