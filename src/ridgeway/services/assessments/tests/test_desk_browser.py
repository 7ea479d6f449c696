"""The desk of assessments in a real browser, as axe sees it on a small screen, in both directions."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Browser

from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.browsing import assert_accessible, browser, mark_browser, open_window, serve  # noqa: F401
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.assessments.actions.publishing import activate
from ridgeway.services.assessments.statistics.counting import write_counts
from ridgeway.services.assessments.tests.versions import keep_version, operator

pytestmark = mark_browser("assessments-desk")
SMALL = {"width": 320, "height": 640}


def test_every_page_of_the_desk_is_accessible_right_or_wrong(office: Office, browser: Browser):  # noqa: F811
    old, new = keep_version("1.0.0"), keep_version("1.1.0")
    activate(old.pk, by=operator())
    last_month = timezone.localdate().replace(day=1) - timedelta(days=1)
    write_counts({("home-check", "1.0.0", last_month, "outcome", "stay", "en"): 40})
    with office.at_site("desk"), serve() as address:
        amina = signed_in(make_account("amina@health.example", "Amina", ["assessments.administrator"]))
        with open_window(browser, address, statuses=(422,), viewport=SMALL) as page:
            page.context.add_cookies(
                [{"name": name, "value": each.value, "url": address} for name, each in amina.cookies.items()]
            )
            version = f"/assessments/versions/{new.pk}"
            paths = ["", "/add", "/of/home-check", f"/of/home-check/statistics?month={last_month:%Y-%m}"]
            paths = [f"/assessments{each or '/'}" for each in paths]
            paths += [
                version,
                f"{version}/changes/{old.pk}",
                f"/ar{version}",
                "/ar/assessments/of/home-check/statistics",
            ]
            paths += [f"{version}/{act}" for act in ("comments", "sign-off", "schedule", "activate")]
            for path in paths:
                answer = page.goto(path)
                assert answer is not None
                assert answer.status == 200, path
                assert_accessible(page)
            page.get_by_role("button", name="Put it live now").click()
            page.get_by_role("alert").wait_for()
            assert "needs 1" in page.get_by_role("alert").inner_text()
            assert_accessible(page)
            page.goto(f"{version}/withdraw")
            page.get_by_role("button", name="Withdraw it").click()
            page.get_by_role("alert").wait_for()
            assert_accessible(page)
