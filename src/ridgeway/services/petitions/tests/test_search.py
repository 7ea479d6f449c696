"""Looking for petitions by their words, in both databases."""

import pytest
from django.db import connection

from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.queries.similar import list_similar
from ridgeway.services.petitions.queries.words import match_words
from ridgeway.services.petitions.tests.citizens import BEGINNING


def write_petition(action, *, background="Because it matters.", details="", **values):
    """A petition as it stands in the table."""
    number = Petition.objects.count() + 1
    told = {"state": "open", "created_at": BEGINNING, "updated_at": BEGINNING, "sponsor_token": f"t{number}"}
    return Petition.objects.create(
        action=action, background=background, additional_details=details, **{**told, **values}
    )


def find(words):
    return sorted(petition.action for petition in match_words(Petition.objects.all(), words))


@pytest.fixture
def mills(any_office):  # noqa: F811
    write_petition("Protect the old mills", background="They grind corn.")
    write_petition("Build a school", background="The mill is closed.", details="Near the café")
    write_petition("أصلحوا الجسر القديم", background="لأنه مكسور")


def test_a_word_is_found_in_what_is_asked_in_why_and_in_the_details(mills):
    assert find("protect") == ["Protect the old mills"]
    assert find("grind") == ["Protect the old mills"]
    assert find("near") == ["Build a school"]


def test_all_words_must_be_there_in_any_order_and_any_form(mills):
    assert find("mill") == find("MILLS") == ["Build a school", "Protect the old mills"]
    assert find("mill school") == find("schools mill") == ["Build a school"]
    assert find("mill hospital") == []


def test_arabic_is_found(mills):
    assert find("الجسر") == ["أصلحوا الجسر القديم"]


@pytest.mark.parametrize(
    "words",
    ['"', "mill OR school", "NEAR(mill", "action:mill", "mill*", "-mill", "(", "'; DROP TABLE x; --", "!!!", ""],
)
def test_marks_mean_nothing_and_break_nothing(mills, words):
    assert isinstance(find(words), list)
    assert Petition.objects.count() == 3


def test_words_that_were_changed_are_found_as_they_are_now(mills):
    petition = Petition.objects.get(action="Build a school")
    petition.action = "Build a hospital"
    petition.save()
    assert find("hospital") == ["Build a hospital"]
    assert find("school") == []
    petition.delete()
    assert find("hospital") == []


def test_a_count_that_moves_leaves_the_index_alone(mills):
    petition = Petition.objects.get(action="Build a school")
    Petition.objects.filter(pk=petition.pk).update(signature_count=7)
    assert find("school") == ["Build a school"]


def test_no_migration_forgets_the_triggers_that_keep_the_index(any_office):  # noqa: F811
    sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'petitions_search%' ORDER BY name"
    postgresql = "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'petitions_search%'"
    with connection.cursor() as cursor:
        cursor.execute(sqlite if any_office.kind == "sqlite" else postgresql)
        names = [name for (name,) in cursor.fetchall()]
    added = ["petitions_search_added", "petitions_search_changed", "petitions_search_removed"]
    assert names == (added if any_office.kind == "sqlite" else ["petitions_search_kept"])


def test_petitions_that_ask_for_the_same_are_found_and_others_are_not(any_office):  # noqa: F811
    same = write_petition("Rebuild the footbridge at Mill Lane", signature_count=5)
    more = write_petition("Repair old footbridges", background="The one at Mill Lane is broken.", signature_count=900)
    write_petition("Free meals in schools")
    write_petition("Repair the footbridge at Mill Lane", state="closed")
    write_petition("Rebuild the station in Harbour")
    assert list_similar("Repair the footbridge at Mill Lane") == [more, same]
    assert list_similar("footbridge") == [more, same]
    assert list_similar("the and of") == list_similar("") == []


def test_at_most_five_are_shown_those_with_more_signatures_first(any_office):  # noqa: F811
    for count in range(8):
        write_petition("Protect chalk streams", signature_count=count)
    assert [each.signature_count for each in list_similar("Protect the chalk streams")] == [7, 6, 5, 4, 3]
