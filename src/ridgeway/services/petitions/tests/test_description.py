"""The description of the programs' pages is right, and nothing is read that it does not say."""

import re

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from ridgeway.office.tests.ready import migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.api.description import PAGES
from ridgeway.services.petitions.tests.citizens import settle_country
from ridgeway.services.petitions.tests.published import answer, archive, debate, decorate, publish
from ridgeway.services.petitions.urls import urlpatterns

NOT_OF_PETITIONS = {"/manifest.json", "/openapi.json"}
NAMES = {"petition_id": "id"}


@pytest.fixture
def site(office):  # noqa: F811
    with office.at_site("petitions"):
        settle_country()
        for state in ("open", "closed", "rejected"):
            for each in (decorate(publish(state=state)), archive(decorate(publish(state="closed")))):
                answer(each)
                debate(each)
        debate(publish("Declined"), debated=False)
        yield office


@pytest.fixture
def told(site):
    return Client().get("/openapi.json").json()


def test_the_description_is_openapi(told):
    assert told["openapi"] == "3.1.0"
    validate(told)


def test_every_page_for_programs_is_described():
    routes = {
        f"/{pattern.pattern}" for pattern in urlpatterns if re.search(r"\.(json|csv|atom)$", str(pattern.pattern))
    }
    plain = {re.sub(r"<\w+:(\w+)>", lambda found: f"{{{NAMES.get(found[1], found[1])}}}", route) for route in routes}
    assert {route for route in plain if not route.startswith("/api/")} - NOT_OF_PETITIONS == set(PAGES)


@pytest.mark.parametrize("address", [address for address, page in PAGES.items() if page.schema])
def test_real_answers_have_the_shape_that_is_described(told, address):
    schema = told["paths"][address]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator(schema | {"components": told["components"]})
    paths = [address.format(id=number, slug="harbour", period="current") for number in range(1, 8)]
    answers = [Client().get(path) for path in paths]
    read = [response.json() for response in answers if response.status_code == 200]
    assert read
    for each in read:
        assert not list(validator.iter_errors(each)), each


def test_refusals_have_the_shape_that_is_described(told):
    validator = Draft202012Validator(told["components"]["schemas"]["Refusal"])
    removed = publish(state="removed")
    for path in ("/petitions/x.json", "/petitions/999999.json", f"/petitions/{removed.pk}.json"):
        assert not list(validator.iter_errors(Client().get(path).json()))


def test_every_page_answers_in_the_form_that_is_described(site):
    for address, page in PAGES.items():
        path = address.format(id=1, slug="harbour", period="current")
        if address.startswith("/archived/petitions/"):
            path = address.format(id=2)
        assert Client().get(path)["Content-Type"].startswith(page.form), path
