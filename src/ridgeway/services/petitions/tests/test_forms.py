from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.office.notices.addresses import verify_address
from ridgeway.office.tests.ready import migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.forms.creating import ActionForm, BackgroundForm, DetailsForm
from ridgeway.services.petitions.forms.fields import find_mail_fault
from ridgeway.services.petitions.forms.person import Asked, PersonForm
from ridgeway.services.petitions.models import Country
from ridgeway.services.petitions.queries.countries import list_countries

ASKED = Asked("GB", [("GB", "United Kingdom"), ("FR", "France")])
TEXT = st.text(max_size=1200)


def test_a_country_is_offered_while_it_exists(office):  # noqa: F811
    Country.objects.create(code="GB", name="United Kingdom")
    Country.objects.create(code="FR", name="France")
    Country.objects.create(code="YU", name="Yugoslavia", ends_on=date(1992, 4, 27))
    Country.objects.create(code="SS", name="South Sudan", starts_on=date(2011, 7, 9))
    later = [code for code, _ in list_countries(home_code="GB", on=date(2026, 11, 24))]
    before = [code for code, _ in list_countries(home_code="GB", on=date(1990, 1, 1))]
    assert (later, before) == (["GB", "FR", "SS"], ["GB", "FR", "YU"])


def test_home_is_offered_before_anything_was_imported(office):  # noqa: F811
    assert [code for code, _ in list_countries(home_code="GB", on=date(2026, 11, 24))] == ["GB"]


@given(TEXT)
def test_any_text_is_taken_or_refused_in_words(text):
    for form, name, limit in (
        (ActionForm({"action": text}), "action", 80),
        (BackgroundForm({"background": text}), "background", 300),
        (DetailsForm({"additional_details": text}), "additional_details", 800),
    ):
        if form.is_valid():
            taken = form.cleaned_data[name]
            assert len(taken) <= limit
            assert taken[:1] not in {"=", "+", "-", "@"}
        else:
            assert all(str(message) for message in form.errors[name])


@given(st.fixed_dictionaries(dict.fromkeys(("name", "email", "location", "postcode"), TEXT)))
def test_any_person_is_taken_or_refused_in_words(typed):
    form = PersonForm({**typed, "email_again": typed["email"]}, asked=ASKED, asks_updates=True)
    if form.is_valid():
        assert "\n" not in form.cleaned_data["name"] + form.cleaned_data["email"] + form.cleaned_data["postcode"]
    else:
        assert all(str(message) for messages in form.errors.values() for message in messages)


@pytest.mark.parametrize("again", ["", "bob@example.com", "bob@example.org.", "bob @example.org"])
def test_an_address_typed_differently_is_asked_for_again(again):
    typed = {"name": "Bob", "email": "bob@example.org", "email_again": again, "location": "FR", "postcode": ""}
    form = PersonForm(typed, asked=ASKED, asks_updates=False)
    assert not form.is_valid()
    assert list(form.errors) == ["email_again"]


@pytest.mark.parametrize("again", ["bob@example.org", " BOB@example.org "])
def test_capitals_and_spaces_do_not_make_another_address(again):
    typed = {"name": "Bob", "email": " bob@example.org", "email_again": again, "location": "FR", "postcode": ""}
    form = PersonForm(typed, asked=ASKED, asks_updates=False)
    assert form.is_valid()
    assert form.cleaned_data["email"] == "bob@example.org"


@pytest.mark.parametrize("name", ["María-José O’Neill", "محمد", "李小龙", "Suharto", "Þór Örnsson"])
def test_names_of_every_script_are_taken(name):
    typed = {"name": name, "email": "a@example.org", "email_again": "a@example.org", "location": "FR", "postcode": ""}
    assert PersonForm(typed, asked=ASKED, asks_updates=False).is_valid()


def test_plus_addresses_are_taken_where_staff_allow_them():
    typed = {
        "name": "A",
        "email": "a+b@example.org",
        "email_again": "a+b@example.org",
        "location": "FR",
        "postcode": "",
    }
    allowing = Asked("GB", ASKED.countries, allows_plus=True)
    assert PersonForm(typed, asked=allowing, asks_updates=False).is_valid()
    assert not PersonForm(typed, asked=ASKED, asks_updates=False).is_valid()


@given(st.from_regex(r"[a-z]{1,3}@[^\s@]{1,6}\.[^\s@]{2,5}", fullmatch=True) | st.emails())
def test_every_address_that_is_taken_can_be_mailed(address):
    fault = find_mail_fault(address, allows_plus=True)
    if fault is None:
        verify_address(address)


@pytest.mark.parametrize("address", ["a@\U0001d4b6.com", "a@f.\xfc\U0001f60d"])
def test_an_address_that_no_mail_can_be_sent_to_is_refused_in_words(address):
    typed = {"name": "A", "email": address, "email_again": address, "location": "FR", "postcode": ""}
    form = PersonForm(typed, asked=ASKED, asks_updates=False)
    assert form.errors["email"] == ["Enter an email address like name@example.com"]
