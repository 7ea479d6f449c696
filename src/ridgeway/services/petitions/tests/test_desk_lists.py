"""Mona narrows the lists of petitions by tags and departments: any of them, all of them, none of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Department, Tag
from ridgeway.services.petitions.queries.desk import Marks, Match, count_piles, find_petitions
from ridgeway.services.petitions.states import State
from ridgeway.services.petitions.tests.cast import NOON, found_site, open_petition

NAMES = ("Both", "One", "Dep", "Bare")


@pytest.fixture
def mona(any_office: Office) -> Iterator[Client]:  # noqa: F811
    found_site()
    with any_office.at_site("desk"):
        yield signed_in(make_account("mona@parliament.example", "Mona", ["petitions.moderator"]))


@pytest.fixture
def marked(mona: Client) -> tuple[int, int]:
    """Four petitions: with both tags, with one, with a department, and bare."""
    urgent, local = Tag.objects.create(name="urgent"), Tag.objects.create(name="local")
    both, one, answered, _bare = (
        open_petition(action=name, sponsor_token=name) for name in ("Both", "One", "Dep", "Bare")
    )
    both.tags.set([urgent, local])
    one.tags.set([urgent])
    answered.departments.add(Department.objects.create(name="Trees"))
    return urgent.pk, local.pk


MATCHED = [
    ("any", (0, 1), {"Both", "One"}),
    ("any", (1,), {"Both"}),
    ("all", (0, 1), {"Both"}),
    ("none", (1,), {"One", "Dep", "Bare"}),
    ("none", (0, 1), {"Dep", "Bare"}),
    ("none", (), {"Dep", "Bare"}),
    ("any", (), {"Both", "One", "Dep", "Bare"}),
]


def test_mona_finds_petitions_with_any_all_or_none_of_some_tags(mona: Client, marked: tuple[int, int]):
    for match, chosen, names in MATCHED:
        tags = [marked[at] for at in chosen]
        assert {each.action for each in find_petitions(tags=Marks(tuple(tags), Match(match)))} == names
        asked: dict[str, Any] = {"tag": tags, "tag_match": match}
        page = mona.get("/petitions/list", asked).content.decode()
        assert {name for name in NAMES if f">{name}<" in page} == names
        lines = mona.get("/petitions/list.csv", asked | {"pile": "all"})
        text = b"".join(lines.streaming_content).decode()  # type: ignore[attr-defined]
        assert {name for name in NAMES if f",{name}," in text} == names


def test_pages_and_piles_keep_what_was_asked(mona: Client, marked: tuple[int, int]):
    for number in range(60):
        open_petition(sponsor_token=f"more{number}").tags.add(*marked)
    asked: dict[str, Any] = {"tag": list(marked), "tag_match": "all", "q": "tree"}
    page = mona.get("/petitions/list", asked).content.decode()
    assert f"tag={marked[0]}&amp;tag={marked[1]}&amp;tag_match=all&amp;page=2" in page


def test_mona_reads_the_archive_as_a_pile_of_its_own(mona: Client):
    open_petition(State.CLOSED, archived_at=NOON, action="Old", sponsor_token="old")
    open_petition(action="New", sponsor_token="new")
    counts = count_piles()
    assert (counts["archived"], counts["all"], counts["closed"]) == (1, 1, 0)
    assert ">Old<" in mona.get("/petitions/list?pile=archived").content.decode()
    assert ">Old<" not in mona.get("/petitions/list").content.decode()


def test_nonsense_in_the_address_is_as_if_it_were_not_there(mona: Client, marked: tuple[int, int]):
    for query in ("tag=x&tag_match=y", "tag=99999999999999999999", "department=-1&department_match=none", "tag=0"):
        assert mona.get(f"/petitions/list?{query}").status_code == 200
