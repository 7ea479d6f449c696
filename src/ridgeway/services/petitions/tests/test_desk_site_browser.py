"""Sofia sets the site in a real browser: each form as it is, and with a fault, as axe sees it on a small screen."""

from playwright.sync_api import Browser

from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.browsing import assert_accessible, browser, mark_browser, open_window, serve  # noqa: F401
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.forms.site import TABS
from ridgeway.services.petitions.models import Feedback, Page, RejectionReason, Tag
from ridgeway.services.petitions.states import State
from ridgeway.services.petitions.tests.cast import NOON, found_site, open_petition

pytestmark = mark_browser("petitions-browser")
SMALL = {"width": 320, "height": 640}
READ = (
    "/petitions/feedback",
    "/petitions/workings",
    "/petitions/reports",
    "/petitions/pages",
    "/petitions/pad",
    "/petitions/list?tag=1&tag_match=none",
    "/petitions/subjects/reasons",
    "/petitions/subjects/topics",
    "/ar/petitions/site/thresholds",
)


def test_every_page_of_the_administrator_is_accessible_right_or_wrong(office: Office, browser: Browser):  # noqa: F811
    found_site()
    petition = open_petition(State.HIDDEN)
    Feedback.objects.create(comment="Good.", email="ada@example.org", created_at=NOON)
    page_row = Page.objects.create(slug="about", title="About", content="# Us\n\nText.", updated_at=NOON)
    reason = RejectionReason.objects.create(code="dup", title="Duplicate", description="One.")
    tag = Tag.objects.create(name="urgent")
    with office.at_site("desk"), serve() as address:
        sofia = signed_in(make_account("sofia@parliament.example", "Sofia", ["petitions.sysadmin"]))
        with open_window(browser, address, statuses=(422,), viewport=SMALL) as page:
            page.context.add_cookies(
                [{"name": name, "value": each.value, "url": address} for name, each in sofia.cookies.items()]
            )
            paths = [*READ, *(f"/petitions/site/{tab}" for tab in TABS)]
            paths += [f"/petitions/{petition.pk}/statistics", f"/petitions/{petition.pk}/mask"]
            paths += [f"/petitions/{petition.pk}/creator"]
            paths += [f"/petitions/subjects/reasons/{reason.pk}", f"/petitions/subjects/tags/{tag.pk}"]
            for path in paths:
                answer = page.goto(path)
                assert answer is not None
                assert answer.status == 200, path
                assert_accessible(page)
            page.goto(f"/petitions/pages/{page_row.pk}")
            page.get_by_role("button", name="Preview").click()
            page.get_by_text("it is not saved yet").wait_for()
            assert_accessible(page)
            page.goto("/petitions/site/thresholds")
            page.get_by_label("Signatures for a debate in Parliament").fill("5")
            page.get_by_role("button", name="Save").click()
            page.get_by_role("alert").wait_for()
            assert_accessible(page)
            page.goto("/petitions/subjects/topics/add")
            page.get_by_role("button", name="Save").click()
            page.get_by_role("alert").wait_for()
            assert_accessible(page)
