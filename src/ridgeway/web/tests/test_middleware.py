from dataclasses import replace

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path, reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import NetworkError
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services import installed
from ridgeway.web.middleware import POLICY, Guard, is_clean


def show_language(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{translation.get_language()} {reverse('language')} {request.path_info}")


def fail(request: HttpRequest, what: str = "") -> HttpResponse:
    raise NetworkError("network_error", "the writer of signatures <does> not answer")


urlpatterns = [
    path("language", show_language, name="language"),
    path("fail", fail),
    path("fail/<str:what>", fail),
    *(path("", include(plate.urls)) for plate in installed().values()),
]


@pytest.fixture
def client(office: Office):  # noqa: F811
    with office.at_site("petitions"), override_settings(ROOT_URLCONF=__name__):
        yield Client()


def test_a_page_is_in_the_language_that_its_address_begins_with_and_so_are_its_links(client: Client):
    assert client.get("/language").content == b"en /language /language"
    answer = client.get("/ar/language")
    assert answer.content == b"ar /ar/language /language"
    assert answer["Content-Language"] == "ar"
    assert client.get("/language").content == b"en /language /language"
    assert client.get("/fr/language").status_code == 404


def test_a_page_that_is_read_sets_no_cookie_and_varies_by_nothing(client: Client):
    answer = client.get("/language")
    assert not answer.cookies
    assert "Vary" not in answer
    assert answer["Content-Security-Policy"] == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" not in answer


def test_a_site_over_https_tells_browsers_to_stay_there(office: Office):  # noqa: F811
    with office.at_site("petitions"):
        site = replace(django_settings.RIDGEWAY_SITE, address="https://petitions.example")
        with override_settings(ROOT_URLCONF=__name__, RIDGEWAY_SITE=site):
            assert "max-age=31536000" in Client().get("/language")["Strict-Transport-Security"]


def test_our_refusals_become_pages_that_escape_what_they_say(client: Client):
    answer = client.get("/fail")
    assert answer.status_code == 503
    assert b"&lt;does&gt;" in answer.content or b"<does>" not in answer.content


def test_an_address_never_begins_a_line_of_the_log(client: Client, caplog: pytest.LogCaptureFixture):
    for path_ in ("/fail/x%0aERROR%20all%20is%20lost", "/nowhere%0d%0aERROR%20all%20is%20lost"):
        client.get(path_)
    assert caplog.messages
    assert not [said for said in caplog.messages if "\n" in said or "\r" in said]


@pytest.mark.parametrize("query", ["q=%00", "q=%ff", "a%00=1", "q=" + "a" * 5000])
def test_a_query_that_no_browser_sends_is_refused(client: Client, query: str):
    assert client.get(f"/language?{query}").status_code == 400


def test_a_path_that_no_browser_sends_is_refused(client: Client):
    assert client.get("/lang%00uage").status_code == 400
    assert client.get("/lang%ffuage").status_code == 400


def test_a_form_that_no_browser_sends_is_refused(client: Client):
    assert client.post("/language", {"name": "a\x00b"}).status_code == 400
    broken = client.post("/language", b"--x\r\nno form", content_type="multipart/form-data; boundary=")
    assert broken.status_code == 400


@pytest.mark.parametrize("charset", ["zlib", "rot13"])
def test_a_form_in_an_encoding_that_is_none_for_text_is_refused(charset: str):
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
    sent = RequestFactory().post("/language", body, content_type="multipart/form-data; boundary=x")
    sent.META["CONTENT_TYPE"] = f"multipart/form-data; boundary=x; charset={charset}"
    sent.content_type, sent.content_params = "multipart/form-data", {"boundary": "x", "charset": charset}
    sent.encoding = charset
    assert not is_clean(sent)


def test_a_form_of_too_many_fields_is_refused_without_filling_the_log(client: Client, caplog: pytest.LogCaptureFixture):
    assert client.post("/language", {f"a{number}": "1" for number in range(2000)}).status_code == 400
    assert not [record for record in caplog.records if record.exc_info]


def test_what_is_larger_than_any_form_of_the_site_is_refused_unread(office: Office):  # noqa: F811
    sent = RequestFactory().post("/", {"file": SimpleUploadedFile("a.jpg", b"x" * 300_000)})
    with office.at_site("petitions"):
        assert Guard(lambda _: HttpResponse())(sent).status_code == 413
        assert not hasattr(sent, "_files")
    with office.at_site("desk"):
        assert Guard(lambda _: HttpResponse())(sent).status_code == 200


@given(st.text(max_size=40))
def test_text_as_people_write_it_is_clean(text: str):
    request = RequestFactory().get("/language", {"q": text.replace("\x00", "").replace("\ufffd", "")})
    assert is_clean(request)


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "found"),
    [
        ("", "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.0/8", "10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.0/8", "10.0.0.2", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.2", "198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("10.0.0.0/8", "10.0.0.2", "not an address", "10.0.0.2"),
        ("10.0.0.0/8", "::ffff:10.0.0.2", "2001:db8::1", "2001:db8::1"),
        ("", "", "198.51.100.1", None),
    ],
)
def test_only_a_trusted_proxy_says_who_asks(
    office: Office,  # noqa: F811
    trusted: str,
    peer: str,
    forwarded: str,
    found: str | None,
):
    web = replace(office.settings.web, trusted_proxies=trusted)
    with override_settings(RIDGEWAY_SETTINGS=replace(office.settings, web=web)):
        request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
        assert Guard(lambda _: HttpResponse()).find_address(request) == found
