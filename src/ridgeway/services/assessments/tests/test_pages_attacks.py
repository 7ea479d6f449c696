"""Those who mean harm: what they send is refused, and nothing of it is believed, shown or kept."""

import base64
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ridgeway.services.assessments.carrying import Purpose, begin, seal
from ridgeway.services.assessments.pages.cookies import MAX_COOKIE
from ridgeway.services.assessments.tests.visitors import PACKAGES, WINTER, Visitor, serve_packages, walk_ill

COOKIE = "assessment-winter"
AGAIN = "Your answers are not here"


@pytest.fixture(autouse=True, scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The site."""
    with serve_packages(tmp_path_factory.mktemp("site"), WINTER, PACKAGES / "respiratory-check-2021"):
        yield


def hold(value: str) -> Visitor:
    """Somebody whose browser holds this cookie."""
    visitor = Visitor()
    visitor.client.cookies[COOKIE] = value
    return visitor


def test_a_touched_cookie_leads_to_a_new_start_and_is_forgotten() -> None:
    good = walk_ill(Visitor()).client.cookies[COOKIE].value
    for bad in (good[:-4], good[:40] + "AAAA" + good[44:], "x", "=" * 50, "A" * 200_000, "é" * 40, good + "AAAA"):
        visitor = hold(bad)
        visitor.get("/winter/en/3")
        assert visitor.heading == AGAIN
        assert visitor.response.cookies[COOKIE].value == ""
        assert visitor.response["Cache-Control"] == "no-store"


def test_a_cookie_of_another_assessment_or_from_a_page_opens_nothing() -> None:
    now = datetime.now(UTC)
    foreign = begin("respiratory-check-2021", "d" * 64, now=now, lifetime=timedelta(hours=1))
    own = begin("winter", "d" * 64, now=now, lifetime=timedelta(hours=1))
    for bad in (seal(foreign, Purpose.COOKIE), seal(own, Purpose.PAGE), seal(own, Purpose.DEVICE)):
        visitor = hold(bad)
        visitor.get("/winter/en/1")
        assert visitor.heading == AGAIN


def test_answers_of_a_version_that_is_gone_are_believed_as_far_as_they_fit() -> None:
    begun = begin("winter", "d" * 64, now=datetime.now(UTC), lifetime=timedelta(hours=1))
    strange = {
        "ill": True,
        "symptoms": ["fever", "plague"],
        "since": {"a": []},
        "age": "30",
        "nobody": 7,
        "town": "x" * 5000,
    }
    visitor = hold(seal(begun.holding(strange), Purpose.COOKIE))
    visitor.get("/winter/en/4")
    assert visitor.address == "/winter/en/2?said=updated"
    assert "This check has changed since you began" in visitor.text
    assert "plague" not in visitor.html
    visitor.send(symptoms="fever")
    assert visitor.heading == "Since when?"


def test_a_form_of_another_site_is_refused() -> None:
    visitor = Visitor()
    visitor.start()
    action, hidden = visitor.forms()[0]
    filled = hidden | {"ill": "yes"}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        assert visitor.client.post(action, filled, headers=headers).status_code == 403
    assert visitor.client.post(action, {"ill": "yes"}).status_code == 403
    assert visitor.client.post(action, filled | {"form_token": "a.b:c"}).status_code == 403
    assert visitor.client.post("/winter/en/", {}).status_code == 403
    assert visitor.client.post("/winter/en/arrive", {"code": "x"}).status_code == 403
    assert visitor.client.post("/winter/en/forget", {}).status_code == 403
    assert visitor.post(action, filled, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert visitor.heading == "What do you have?"


@pytest.mark.parametrize(
    "address",
    [
        "/winter/en/0x1",
        "/winter/en/-1",
        "/winter/en/1/",
        "/winter/en/outcome",
        "/winter/en/..%2f..%2fetc",
        "/winter//1",
        "//evil.example/en/1",
        "/winter%0d%0aSet-Cookie:x=1/en/1",
        "/winter/en%00/1",
        "/winter/en/%D9%A1",
        "/preview-1-ffffff-0123456789abcdef/en/1",
        "/nobody/en/1",
        "/nobody/",
        "/winter/private/../../../etc/passwd",
        "/winter/private/%2e%2e/app.js",
        "/winter/compiled-0.json",
        "/winter/theme-0.css",
    ],
)
def test_a_path_that_leads_nowhere_is_refused_and_says_nothing(address: str, caplog: pytest.LogCaptureFixture) -> None:
    response = Visitor().client.get(address)
    assert response.status_code in {400, 404}
    assert "Set-Cookie" not in response.headers
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]


def test_step_zero_and_a_step_beyond_all_lead_to_the_first() -> None:
    visitor = Visitor()
    visitor.start()
    for number in (0, 10**30):
        visitor.get(f"/winter/en/{number}")
        assert visitor.heading == "Are you ill?"


def test_what_somebody_writes_comes_back_as_text() -> None:
    evil = '"><script>alert(1)</script>{{7*7}}\x02main\x02{town}'
    for keeps_cookies in (True, False):
        visitor = Visitor(keeps_cookies=keeps_cookies)
        visitor.start()
        visitor.send(ill="no")
        visitor.send(age=evil, town=evil)
        assert visitor.response.status_code == 422
        assert "<script>alert" not in visitor.html
        visitor.send(age="3", town=evil)
        visitor.send()
        assert "<script>alert" not in visitor.html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in visitor.html


def test_a_sentence_of_somebody_else_is_not_shown() -> None:
    visitor = Visitor()
    visitor.start()
    visitor.get("/winter/en/1?said=%3Cscript%3E&said=evil")
    assert "evil" not in visitor.html
    assert "<script>" not in visitor.html


def test_a_host_that_is_not_ours_is_in_no_address() -> None:
    visitor = walk_ill(Visitor())
    visitor.get("/winter/en/continue", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in visitor.html
    assert "http://localhost:8430/winter/en/arrive" in visitor.html


def test_other_verbs_are_refused() -> None:
    client = Visitor().client
    for verb in (client.put, client.delete, client.patch, client.options):
        for address in ("/", "/winter/en/", "/winter/en/1", "/winter/en/arrive", "/winter/en/leave"):
            assert verb(address).status_code == 405


def test_a_form_of_endless_fields_is_read_no_further_than_its_page() -> None:
    visitor = Visitor()
    visitor.start()
    action, hidden = visitor.forms()[0]
    many = hidden | {f"field{number}": "x" for number in range(900)} | {"ill": ["yes"] * 50}
    assert visitor.client.post(action, many).status_code in {303, 422}
    assert visitor.client.post(action, hidden | {"answers": "A" * 300_000}).status_code == 413
    assert visitor.client.post(action, hidden | {"answers": "A" * 200_000}).status_code == 200


def test_nothing_of_the_answers_is_kept_by_anybody_nor_told_to_anybody() -> None:
    visitor = walk_ill(Visitor())
    cookie = visitor.client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/winter/")
    assert cookie["max-age"] == 240 * 60
    assert len(cookie.value) < MAX_COOKIE
    assert b"Thule" not in base64.urlsafe_b64decode(cookie.value + "==")
    for address in ("/winter/en/1", "/winter/en/5", "/winter/en/continue", "/winter/en/3/change"):
        response = visitor.client.get(address)
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "same-origin"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert list(response.cookies) == []
    assert list(Visitor().client.get("/winter/en/").cookies) == []


def test_no_log_line_names_an_answer_a_page_or_a_result(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        visitor = walk_ill(Visitor())
        visitor.send()
        visitor.get("/winter/en/99")
        hold("x").get("/winter/en/2")
    said = " ".join(each.getMessage() for each in caplog.records)
    assert not [word for word in ("Thule", "fever", "stay", "symptoms") if word in said]
