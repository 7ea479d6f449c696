import pytest
from django.utils import translation

from ridgeway.office.design.tests.pages import draw
from ridgeway.office.design.wording import name_place, translate_data


@pytest.fixture(autouse=True)
def in_arabic():
    with translation.override("ar"):
        yield


def test_what_a_catalogue_knows_is_translated_and_what_staff_wrote_is_not():
    assert translate_data("Sign out") == "تسجيل الخروج"
    assert translate_data("Our own topic") == "Our own topic"


def test_nothing_stays_nothing():
    assert translate_data("") == translate_data(None) == ""


def test_countries_have_the_names_of_the_language_and_other_places_their_own():
    assert name_place("FR", "France") == "فرنسا"
    assert name_place("N14000001", "Saltham") == "Saltham"
    assert draw('{{ "FR"|place_name("France") }} {{ "Sign out"|translated }}') == "فرنسا تسجيل الخروج"
