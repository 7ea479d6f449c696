"""What stands in the desk's addresses and forms instead of what belongs there never makes a page fail."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file  # noqa: F401 - fixtures
from ridgeway.services.petitions.tests.cast import found_site, open_petition

NUMBERS = ["9" * 18, "9" * 19, "9" * 5000, "-1", "٣", "1.5", "x"]
WORDS = ["9" * 400, "'\"--", "\u0663", "[", "%", "::ffff:1/999", "1e400"]
NAMES = ["page", "q", "by", "state", "minutes", "who", "before", "since", "until", "tab", "order", "signature", "shown"]
PART = re.compile(r"<(?:\w+:)?\w+>")


def list_routes(resolver: URLResolver, before: str = "") -> list[str]:
    found = []
    for each in resolver.url_patterns:
        route = before + str(each.pattern)
        found += [route] if isinstance(each, URLPattern) else list_routes(each, route)
    return found


@pytest.fixture
def desk(any_office: Office) -> Iterator[Client]:  # noqa: F811
    found_site()
    with any_office.at_site("desk"):
        yield signed_in(make_account("sofia@parliament.example", "Sofia", ["petitions.sysadmin"]))


@pytest.mark.slow
def test_no_number_in_an_address_of_the_desk_makes_a_page_fail(desk: Client):
    routes = [route for route in list_routes(get_resolver("ridgeway.web.desk")) if "<" in route]
    paths = ["/" + PART.sub(number, route) for route in routes for number in NUMBERS]
    assert [path[:80] for path in paths if desk.get(path).status_code >= 500] == []


@pytest.mark.slow
@pytest.mark.parametrize("word", WORDS, ids=lambda text: text[:20])
def test_no_word_in_a_question_to_the_desk_makes_a_page_fail(desk: Client, word: str):
    petition, asked = open_petition(), dict.fromkeys(NAMES, word)
    routes = [route for route in list_routes(get_resolver("ridgeway.web.desk")) if "sign-out" not in route]
    paths = ["/" + PART.sub(str(petition.pk), route) for route in routes]
    assert [path for path in paths for ask in (desk.get, desk.post) if ask(path, asked).status_code >= 500] == []
