from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import RequestError
from ridgeway.office.design.formtoken import (
    FIELD,
    MAX_AGE_SECONDS,
    FormTokenError,
    make_form_token,
    render_form_token,
    require_form_token,
)

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
SIGN = "petitions.sign"


@pytest.fixture(autouse=True, scope="module")
def here():
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


def post(token, *, secure=False, **headers):
    given = {} if token is None else {FIELD: token}
    return RequestFactory().post("/sign", given, headers=headers, secure=secure)


def fresh(purpose=SIGN):
    return make_form_token(purpose, now=NOW, nonce="n0nce")


def refused(request, *, now=NOW, purpose=SIGN):
    with pytest.raises(FormTokenError) as told:
        require_form_token(request, purpose, now=now)
    assert told.value.status == 403
    assert told.value.detail
    assert told.value.action
    return told.value.code


def test_a_form_given_out_here_is_taken_and_its_mark_handed_back():
    assert require_form_token(post(fresh()), SIGN, now=NOW + timedelta(hours=1)) == "n0nce"


def test_a_form_that_was_open_too_long_is_refused():
    assert require_form_token(post(fresh()), SIGN, now=NOW + timedelta(seconds=MAX_AGE_SECONDS)) == "n0nce"
    assert refused(post(fresh()), now=NOW + timedelta(seconds=MAX_AGE_SECONDS + 1)) == "expired_form_token"


def test_a_form_from_a_clock_far_ahead_is_refused():
    assert require_form_token(post(fresh()), SIGN, now=NOW - timedelta(seconds=60)) == "n0nce"
    assert refused(post(fresh()), now=NOW - timedelta(seconds=61)) == "expired_form_token"


def test_a_form_for_another_purpose_is_refused():
    assert refused(post(fresh("petitions.create"))) == "invalid_form_token"


@pytest.mark.parametrize(("token", "code"), [(None, "missing_form_token"), ("", "missing_form_token")])
def test_a_form_without_a_token_is_refused(token, code):
    assert refused(post(token)) == code


@given(st.text(max_size=300))
def test_no_other_text_is_a_token(text):
    assert refused(post(text)) in {"missing_form_token", "invalid_form_token"}


@given(st.integers(0, 40), st.characters(codec="ascii"))
def test_a_token_changed_in_one_letter_is_refused(place, letter):
    token = fresh()
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        assert refused(post(changed)) == "invalid_form_token"


def test_a_token_signed_with_an_older_key_still_counts():
    with override_settings(SECRET_KEY="the old key"):
        token = fresh()
    assert refused(post(token)) == "invalid_form_token"
    with override_settings(SECRET_KEY_FALLBACKS=["the old key"]):
        assert require_form_token(post(token), SIGN, now=NOW) == "n0nce"


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_browser_that_says_that_it_comes_from_here_is_believed(site):
    request = post(fresh(), **{"Sec-Fetch-Site": site, "Origin": "null"})
    assert require_form_token(request, SIGN, now=NOW) == "n0nce"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "anything"])
def test_a_browser_that_says_that_it_comes_from_elsewhere_is_refused(site):
    assert refused(post(fresh(), **{"Sec-Fetch-Site": site})) == "cross_site_form"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver:81", "http://testserver.evil.example", "", "http://["]
)
def test_an_older_browser_that_comes_from_elsewhere_is_refused(origin):
    assert refused(post(fresh(), Origin=origin)) == "cross_site_form"


@pytest.mark.parametrize("host", ["evil.example", "a b", "a/b", "@"])
def test_a_form_for_a_host_that_is_not_ours_is_refused(host):
    assert refused(post(fresh(), Host=host, Origin=f"http://{host}")) == "cross_site_form"


def test_an_older_browser_that_comes_from_here_is_believed():
    assert require_form_token(post(fresh(), Origin="http://testserver"), SIGN, now=NOW) == "n0nce"
    secure = post(fresh(), secure=True, Origin="https://testserver")
    assert require_form_token(secure, SIGN, now=NOW) == "n0nce"
    assert refused(post(fresh(), secure=True, Origin="http://testserver")) == "cross_site_form"


def test_a_program_that_says_nothing_of_where_it_comes_from_needs_a_token_all_the_same():
    assert refused(post("forged")) == "invalid_form_token"


def test_two_forms_have_two_marks():
    assert render_form_token(SIGN) != render_form_token(SIGN)
    assert render_form_token(SIGN).startswith(f'<input type="hidden" name="{FIELD}" value="')


def test_who_must_act_is_the_person_who_sent_it():
    assert issubclass(FormTokenError, RequestError)
