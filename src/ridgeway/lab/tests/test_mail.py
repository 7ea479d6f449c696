"""The lab shows what the petitions service has mailed, and nothing else of the machine."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from ridgeway.lab.country import Country
from ridgeway.lab.page.mail import find_mail, list_mails, render_mail, render_mails
from ridgeway.lab.service import STAFF, describe_services, mail_folder


@pytest.fixture
def country(tmp_path: Path) -> Country:
    country = Country(tmp_path)
    mail_folder(country).mkdir(parents=True)
    return country


def write_mail(
    country: Country, name: str, text: str, *, to: str = "ann@mail.example", subject: str = "Confirm"
) -> Path:
    message = EmailMessage()
    message["To"], message["Subject"] = to, subject
    message.set_content(text)
    file = mail_folder(country) / name
    file.write_bytes(message.as_bytes())
    return file


def test_a_visitor_finds_the_mail_to_an_address_and_follows_its_link(country):
    file = write_mail(country, "20261124-a.eml", "Follow http://localhost:8420/signatures/1/verify?token=x&y=1 now")
    write_mail(country, "20261124-b.eml", "Hello", to="ben@mail.example")
    assert [each.file for each in list_mails(country, to="ANN@")[0]] == ["20261124-a.eml"]
    assert '<a href="/mail/20261124-a.eml">' in render_mails(country, b"/mail?to=ann")
    link = '<a href="http://localhost:8420/signatures/1/verify?token=x&amp;y=1">'
    assert link in render_mail(country, file)


def test_a_mail_cannot_bring_script_or_a_link_elsewhere_into_the_page(country):
    file = write_mail(country, "x.eml", "<script>alert(1)</script> https://elsewhere.example/", subject="<b>bold</b>")
    page = render_mail(country, file)
    assert "<script>alert" not in page
    assert "<b>bold" not in page
    assert 'href="https://elsewhere' not in page


def test_no_file_but_mail_is_shown(country):
    (country.state / "secret.eml").write_text("secret")
    (mail_folder(country) / "note.txt").write_text("note")
    for name in ("../../secret.eml", "note.txt", "..", "", "missing.eml", "a/b.eml"):
        assert find_mail(country, name) is None


def test_the_status_tells_a_browser_test_all_that_it_needs(country):
    (told,) = describe_services(country)
    assert (told["site"], told["desk"]) == ("http://localhost:8420", "http://localhost:8421")
    assert {account["role"] for account in told["accounts"]} == {"reviewer", "moderator", "clerk", "sysadmin"}
    assert any(account["totp_secret"] for account in told["accounts"])
    assert len({staff.email for staff in STAFF}) == len(STAFF)
    assert told["ready"] is False
