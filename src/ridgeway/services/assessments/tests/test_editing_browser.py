"""The desk to write in in a real browser, without a script of its own, as axe sees it on a small screen."""

from playwright.sync_api import Browser

from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.browsing import assert_accessible, browser, mark_browser, open_window, serve  # noqa: F401
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures

pytestmark = mark_browser("assessments-editing")
SMALL = {"width": 320, "height": 640}


def test_ada_writes_an_option_and_every_kind_of_page_is_accessible(office: Office, browser: Browser):  # noqa: F811
    with office.at_site("desk"), serve() as address:
        ada = signed_in(make_account("ada@health.example", "Ada", ["assessments.author"]))
        where = ada.post("/assessments/drafts", {"name": "our-grant", "starter": "questions"})["Location"]
        with open_window(browser, address, statuses=(422,), viewport=SMALL) as page:
            page.context.add_cookies(
                [{"name": name, "value": each.value, "url": address} for name, each in ada.cookies.items()]
            )
            for path in (where, f"{where}/edit/decisions/grant", f"/ar{where}/texts/fr"):
                page.goto(path)
                assert_accessible(page)
            page.goto(f"{where}/edit/pages/home")
            page.get_by_label("Label of a new option").fill("Nobody owns it")
            page.get_by_role("button", name="Save", exact=True).last.click()
            page.get_by_text("It is saved.").wait_for()
            assert page.get_by_role("heading", name="nobody_owns_it").is_visible()
            assert_accessible(page)
