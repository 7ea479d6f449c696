"""What staff type into the search of signatures, and what it finds, on both databases."""

from datetime import timedelta

import pytest

from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Signature
from ridgeway.services.petitions.queries.signatures import NEWEST, PAGE_SIZE, Scope, find_signatures, match
from ridgeway.services.petitions.rules.searching import Kind, Search, read_search
from ridgeway.services.petitions.states import SignatureState
from ridgeway.services.petitions.tests.cast import NOON, found_site, open_petition, sign_row


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("192.0.2.7", Search(Kind.NETWORK, "192.0.2.7/32")),
        ("192.0.2.0/24", Search(Kind.NETWORK, "192.0.2.0/24")),
        ("2001:db8::/32", Search(Kind.NETWORK, "2001:db8::/32")),
        ("@Example.ORG", Search(Kind.DOMAIN, "example.org")),
        ("suzie@example.org", Search(Kind.EMAIL, "suzie@example.org")),
        ("700001", Search(Kind.PETITION, "700001")),
        ("RG1 XXX", Search(Kind.SECTOR, "RG1", 3)),
        ("rg1 2xx", Search(Kind.SECTOR, "RG12", 2)),
        ("RG1*", Search(Kind.SECTOR, "RG1")),
        ("RG1 2AB", Search(Kind.POSTCODE, "RG12AB")),
        ("  Suzie   Marsh ", Search(Kind.NAME, "Suzie Marsh")),
        ("Dr. Ann Lee", Search(Kind.NAME, "Dr. Ann Lee")),
        ("", None),
    ],
)
def test_a_line_of_text_is_read_as_one_of_seven_kinds(text: str, search: Search | None):
    assert read_search(text) == search


def test_who_says_which_kind_it_is_is_believed():
    assert read_search("12345", "postcode") == Search(Kind.POSTCODE, "12345")
    assert read_search("12345", "network") is None
    assert read_search("12345", "shoe size") is None


FOUND = [
    ("192.0.2.7", {"Ada"}),
    ("192.0.2.0/24", {"Ada", "Ben"}),
    ("192.0.2.0/28", {"Ada"}),
    ("192.0.0.0/9", {"Ada", "Ben", "Cleo"}),
    ("2001:db8::/32", {"Dana"}),
    ("2001:db8::/127", {"Dana"}),
    ("::/0", {"Dana"}),
    ("0.0.0.0/0", {"Ada", "Ben", "Cleo"}),
    ("@gmail.com", {"Ada", "Ben"}),
    ("a.d.a+list@googlemail.com", {"Ada"}),
    ("RG1 XXX", {"Ada"}),
    ("RG1*", {"Ada", "Ben"}),
    ("RG12 2XX", {"Ben"}),
    ("rg12ab", {"Ada"}),
    ("ADA", {"Ada"}),
    ("%", set()),
    ("Ad_", set()),
]


@pytest.mark.parametrize(("text", "names"), FOUND)
def test_mona_finds_who_she_looks_for(any_office: Office, text: str, names: set[str]):  # noqa: F811
    found_site()
    petition = open_petition()
    sign_row(petition, "Ada", canonical_email="ada@gmail.com", ip="192.0.2.7", postcode="RG12AB")
    sign_row(petition, "Ben", canonical_email="ben@gmail.com", ip="192.0.2.77", postcode="RG122AB")
    sign_row(petition, "Cleo", ip="192.0.20.7", postcode="1200")
    sign_row(petition, "Dana", ip="2001:db8::1", postcode="")
    found = find_signatures(read_search(text), Scope(), page=1, now=NOON)
    assert {each.name for each in found.signatures} == names
    assert found.count == len(names)


def test_mona_looks_at_one_petition_one_state_and_the_last_half_hour(any_office: Office):  # noqa: F811
    found_site()
    petition, other = open_petition(), open_petition()
    sign_row(petition, "Ada", state=SignatureState.VALIDATED)
    sign_row(petition, "Ben", created_at=NOON - timedelta(hours=2))
    sign_row(other, "Cleo")

    def names(**scope: object) -> list[str]:
        found = find_signatures(None, Scope(**scope), page=1, now=NOON)  # type: ignore[arg-type]
        return sorted(each.name for each in found.signatures)

    assert names(petition_id=petition.pk) == ["Ada", "Ben", "Carla"]
    assert names(petition_id=petition.pk, state="pending") == ["Ben"]
    assert names(petition_id=petition.pk, minutes=30) == ["Ada", "Carla"]
    assert names() == ["Ada", "Ben", "Carla", "Carla", "Cleo"]


def test_a_long_list_is_paged_newest_first(any_office: Office):  # noqa: F811
    found_site()
    petition = open_petition()
    for number in range(60):
        sign_row(petition, f"N{number:02}", created_at=NOON + timedelta(seconds=number))
    first = find_signatures(None, Scope(petition.pk), page=1, now=NOON)
    second = find_signatures(None, Scope(petition.pk), page=2, now=NOON)
    assert (len(first.signatures), first.has_more, first.signatures[0].name) == (50, True, "N59")
    assert (len(second.signatures), second.has_more) == (11, False)


@pytest.mark.parametrize(
    "text", ["192.0.2.7", "192.0.2.0/24", "@gmail.com", "ada@gmail.com", "RG1 XXX", "RG12AB", "Ada"]
)
def test_no_search_reads_every_signature(office: Office, text: str):  # noqa: F811
    found_site()
    search = read_search(text)
    assert search is not None
    plan = match(Signature.objects.all(), search).order_by(*NEWEST)[:PAGE_SIZE].explain()
    assert "SCAN" not in plan, plan
    assert "USING INDEX" in plan or "USING COVERING INDEX" in plan, plan
