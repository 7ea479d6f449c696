"""Names of packages in other organisations' catalogues."""

import pytest

from ridgeway.catalogue.fetching import choose_newest, parse_source
from ridgeway.client import ServiceResponse
from ridgeway.errors import RidgewayError
from ridgeway.http import Headers


def answer(body):
    return ServiceResponse(200, "OK", Headers([("Content-Type", "application/json")]), body)


def test_a_source_names_service_package_and_version():
    source = parse_source("xroad:RW/GOV/1001/portal/catalogue/rebate@1.0.0")
    assert (str(source.service), source.package, source.version) == (
        "SERVICE:RW/GOV/1001/portal/catalogue",
        "rebate",
        "1.0.0",
    )
    assert parse_source(source.origin).version == ""


@pytest.mark.parametrize(
    "text",
    [
        "xroad:RW/GOV/1001/catalogue/rebate",
        "xroad:RW/GOV/1001/portal/catalogue/../rebate",
        "xroad:RW/GOV/1001/portal/catalogue/rebate@",
        "xroad:RW/GOV/1001/portal/catalogue/rebate@../1",
        "xroad:",
    ],
)
def test_what_names_no_package_is_refused(text):
    with pytest.raises(RidgewayError):
        parse_source(text)


def test_the_newest_of_what_a_catalogue_lists_is_chosen_by_its_numbers():
    listed = b'{"versions": [{"version": "1.9"}, {"version": "1.10"}, {"version": "../9"}, {"version": 7}, 3, {}]}'
    assert choose_newest(answer(listed)) == "1.10"


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b'{"versions": []}', b'{"versions": [null]}', b'{"versions": {"a": 1}}', b"<"]
)
def test_a_catalogue_that_lists_nothing_has_nothing_to_fetch(body):
    with pytest.raises(RidgewayError):
        choose_newest(answer(body))
