"""What programs read: JSON as those written for the UK Parliament's service expect it, CSV and Atom."""

import csv
import io
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.test import Client, override_settings

from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Constituency, Parliament, Petition, SiteSettings, Tally
from ridgeway.services.petitions.tests.citizens import settle_country
from ridgeway.services.petitions.tests.published import OPENED, answer, archive, debate, decorate, publish

SITE = "http://localhost:8420"
ATTRIBUTES = [
    *("action", "background", "additional_details", "committee_note", "state", "signature_count", "closing_date"),
    *("created_at", "updated_at", "rejected_at", "opened_at", "closed_at", "moderation_threshold_reached_at"),
    *("response_threshold_reached_at", "government_response_at", "debate_threshold_reached_at"),
    *("debate_scheduled_on", "scheduled_debate_date", "debate_outcome_at", "creator_name", "rejection"),
    *("government_response", "debate", "departments", "topics"),
]
PLACES = ["signatures_by_country", "signatures_by_constituency", "signatures_by_region"]
BUSINESS = ["other_parliamentary_business"]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def site(office):  # noqa: F811
    with office.at_site("petitions"):
        settle_country()
        yield office


@pytest.fixture
def any_site(any_office):  # noqa: F811
    with any_office.at_site("petitions"):
        settle_country()
        yield any_office


def read(path, **headers):
    return Client().get(path, headers=headers)


# One petition


def test_an_open_petition_has_every_field_in_its_order(any_site):
    petition = decorate(publish(signature_count=12, committee_note="Not a promise."))
    answered = read(f"/petitions/{petition.pk}.json")
    told = answered.json()
    assert answered["Content-Type"] == "application/json; charset=utf-8"
    assert list(told) == ["links", "data"]
    assert told["links"] == {"self": f"{SITE}/petitions/{petition.pk}.json"}
    assert list(told["data"]) == ["type", "id", "attributes"]
    assert (told["data"]["type"], told["data"]["id"]) == ("petition", petition.pk)
    attributes = told["data"]["attributes"]
    assert list(attributes) == ATTRIBUTES + PLACES + BUSINESS
    assert attributes["closing_date"] == "2026-09-02"
    assert attributes["opened_at"] == "2026-03-02T10:30:15.123Z"
    assert attributes["created_at"] == "2026-02-21T10:30:15.123Z"
    assert attributes["creator_name"] == "Suzie Marsh"
    assert attributes["committee_note"] == "Not a promise."
    nothing = ("rejected_at", "closed_at", "government_response", "debate", "rejection", "debate_scheduled_on")
    assert {name: attributes[name] for name in nothing} == dict.fromkeys(nothing)
    assert attributes["departments"] == [
        {"acronym": "DfR", "name": "Department for Rivers", "url": "https://rivers.example"}
    ]
    assert attributes["topics"] == ["environment"]


def test_places_and_other_business_stand_on_the_page_of_one_petition_alone(site):
    petition = decorate(publish())
    attributes = read(f"/petitions/{petition.pk}.json").json()["data"]["attributes"]
    assert attributes["signatures_by_country"] == [
        {"name": "France", "code": "FR", "signature_count": 2},
        {"name": "United Kingdom", "code": "GB", "signature_count": 10},
    ]
    assert attributes["signatures_by_constituency"] == [
        {"name": "Harbour", "ons_code": "E14000002", "mp": None, "signature_count": 3},
        {"name": "Mill Valley", "ons_code": "E14000001", "mp": "Ada Marsh", "signature_count": 7},
    ]
    assert attributes["other_parliamentary_business"] == [
        {
            "subject": "A committee wrote a letter",
            "body": "It asks for a date.",
            "occurred_on": "2026-04-01",
            "created_at": "2026-03-02T10:30:15.123Z",
            "updated_at": "2026-03-02T10:30:15.123Z",
        }
    ]
    listed = read("/petitions.json").json()["data"][0]
    assert list(listed) == ["type", "id", "links", "attributes"]
    assert list(listed["attributes"]) == ATTRIBUTES


def test_a_response_and_a_debate_are_told_whole(site):
    petition = publish()
    answer(petition)
    debate(petition)
    attributes = read(f"/petitions/{petition.pk}.json").json()["data"]["attributes"]
    assert list(attributes["government_response"].items()) == [
        ("responded_on", "2026-04-11"),
        ("summary", "We will publish a plan."),
        ("details", "The plan is ready.\nSee it."),
        ("created_at", "2026-04-11T10:30:15.123Z"),
        ("updated_at", "2026-04-11T10:30:15.123Z"),
    ]
    assert list(attributes["debate"].items()) == [
        ("debated_on", "2026-05-21"),
        ("transcript_url", None),
        ("video_url", "https://video.example/1"),
        ("debate_pack_url", None),
        ("public_engagement_url", None),
        ("debate_summary_url", None),
        ("overview", "It was a long evening."),
    ]


def test_a_closed_petition_names_no_creator_and_no_closing_date(site):
    attributes = read(f"/petitions/{publish(state='closed').pk}.json").json()["data"]["attributes"]
    assert attributes["creator_name"] is attributes["closing_date"] is None
    assert attributes["closed_at"] == "2026-09-02T23:00:00.000Z"


def test_a_rejected_petition_says_the_code_and_has_no_places(site):
    attributes = read(f"/petitions/{publish(state='rejected').pk}.json").json()["data"]["attributes"]
    assert attributes["rejection"] == {"code": "duplicate", "details": "It repeats number 7."}
    assert list(attributes) == ATTRIBUTES


def test_an_archived_petition_says_its_parliament_and_leaves_out_two_fields(any_site):
    petition = archive(decorate(publish(state="closed")))
    moved = read(f"/petitions/{petition.pk}.json")
    assert moved.status_code == 301
    assert moved["Location"] == f"{SITE}/archived/petitions/{petition.pk}.json"
    assert moved["Access-Control-Allow-Origin"] == "*"
    data = read(f"/archived/petitions/{petition.pk}.json").json()["data"]
    assert list(data) == ["type", "id", "parliament", "attributes"]
    assert data["type"] == "archived-petition"
    assert list(data["parliament"].items()) == [
        ("period", "2019-2024"),
        ("government", "The last government"),
        ("dissolution_at", "2024-05-30T00:00:00.000+00:00"),
        ("response_threshold", 5_000),
        ("debate_threshold", 50_000),
    ]
    left = [name for name in ATTRIBUTES if name not in {"creator_name", "closing_date"}]
    assert list(data["attributes"]) == left + PLACES + BUSINESS
    listed = read("/archived/petitions.json").json()["data"][0]
    assert listed["links"]["self"] == f"{SITE}/archived/petitions/{petition.pk}.json"


def test_the_count_is_a_small_page_whose_times_have_the_local_offset(site):
    petition = publish(signature_count=12)
    answer(petition)
    debate(petition)
    told = read(f"/petitions/{petition.pk}/count.json").json()
    assert list(told.items()) == [
        ("signature_count", 12),
        ("response_threshold_reached_at", "2026-03-22T10:30:15.123+00:00"),
        ("government_response_at", "2026-04-11T10:30:15.123+00:00"),
        ("debate_threshold_reached_at", "2026-04-21T10:30:15.123+00:00"),
        ("scheduled_debate_date", None),
        ("debate_outcome_at", "2026-05-21T10:30:15.123+00:00"),
        ("debated", True),
    ]


def test_by_the_local_clock_of_summer_the_offset_is_an_hour(site):
    petition = publish()
    answer(petition)
    with override_settings(TIME_ZONE="Europe/London"):
        told = read(f"/petitions/{petition.pk}/count.json").json()
        assert told["government_response_at"] == "2026-04-11T11:30:15.123+01:00"
        attributes = read(f"/petitions/{petition.pk}.json").json()["data"]["attributes"]
    assert attributes["closing_date"] == "2026-09-02"
    assert attributes["government_response_at"] == "2026-04-11T10:30:15.123Z"


# Lists


def test_a_list_links_its_neighbours_and_keeps_the_question(site):
    for number in range(5):
        publish(f"Petition {number}", creator=None)
    links = read("/petitions.json?state=open&count=2&page=2").json()["links"]
    base = f"{SITE}/petitions.json?state=open&count=2"
    assert list(links.items()) == [
        ("self", f"{base}&page=2"),
        ("first", base),
        ("last", f"{base}&page=3"),
        ("next", f"{base}&page=3"),
        ("prev", base),
    ]
    ends = read("/petitions.json?count=50").json()["links"]
    assert ends["next"] is ends["prev"] is None
    assert read("/archived/petitions.json").json() == {
        "links": {
            **dict.fromkeys(["self", "first", "last"], f"{SITE}/archived/petitions.json"),
            **dict.fromkeys(["next", "prev"]),
        },
        "data": [],
    }


def test_trending_counts_the_last_whole_hour_of_open_petitions(any_site):
    now = datetime.now(UTC)
    first, second, closed = publish("First"), publish("Second"), publish("Closed", state="closed")
    for petition, minutes, count in ((first, 5, 3), (first, 30, 4), (second, 59, 6), (second, 62, 99), (closed, 5, 50)):
        at = now.replace(second=0, microsecond=0) - timedelta(minutes=minutes)
        Tally.objects.create(petition=petition, minute_at=at, count=count)
    told = read("/trending.json").json()
    assert list(told) == ["data", "links", "meta"]
    assert [(item["id"], item["attributes"]) for item in told["data"]] == [
        (first.pk, {"action": "First", "signature_count": 7}),
        (second.pk, {"action": "Second", "signature_count": 6}),
    ]
    assert list(told["data"][0]) == ["type", "id", "links", "attributes"]
    assert told["links"] == {"self": f"{SITE}/trending.json"}
    assert told["meta"]["updated_at"].endswith(":00.000Z")
    SiteSettings.objects.update(shows_trending=False)
    assert read("/trending.json").json()["data"] == []


# Places, Parliaments, topics


def test_constituencies_are_told_by_their_codes(site):
    told = read("/constituencies.json").json()
    assert list(told) == ["E14000001", "E14000002"]
    assert list(told["E14000001"].items()) == [
        ("mp", "Ada Marsh"),
        ("party", "Green Party"),
        ("constituency", "Mill Valley"),
        ("ons_code", "E14000001"),
        ("start_date", "2024-05-31"),
        ("end_date", None),
    ]
    assert told["E14000002"]["mp"] is None
    assert read("/constituencies").json() == told


def test_parliaments_are_told_with_their_own_lines_and_places(site):
    archive(publish(state="closed"))
    old = Constituency.objects.create(
        code="E14000099", name="Old Town", slug="old-town", ends_on="2024-05-30", starts_on="2010-05-06"
    )
    Parliament.objects.get(period="2019-2024").constituencies.add(old)
    told = read("/parliaments.json").json()
    assert [each["period"] for each in told] == ["2024-2029", "2019-2024"]
    assert list(told[0].items()) == [
        ("period", "2024-2029"),
        ("dissolution_at", None),
        ("government", "The Government"),
        ("response_threshold", 10_000),
        ("debate_threshold", 100_000),
    ]
    one = read("/parliaments/2019-2024.json").json()
    assert list(one) == [*told[0], "constituencies"]
    assert list(one["constituencies"]) == ["E14000099"]
    assert one["response_threshold"] == 5_000
    assert list(read("/parliaments/2019-2024/constituencies.json").json()) == ["E14000099"]
    assert list(read("/parliaments/current/constituencies.json").json()) == ["E14000001", "E14000002"]
    assert read("/parliaments/1900-1905.json").status_code == 404


def test_topics_are_told_by_their_codes(site):
    decorate(publish())
    assert read("/topics.json").json() == {"environment": {"code": "environment", "name": "Environment"}}


def test_local_petitions_are_told_with_both_counts(any_site):
    petition = decorate(publish(signature_count=12))
    decorate(publish("Closed one", state="closed", signature_count=10))
    row = {
        "action": "Protect the chalk streams",
        "url": f"{SITE}/petitions/{petition.pk}",
        "state": "open",
        "constituency_signature_count": 7,
        "total_signature_count": 12,
    }
    assert list(read("/petitions/local/mill-valley.json").json().items()) == [
        ("constituency", "Mill Valley"),
        ("mp", {"name": "Ada Marsh", "url": "https://parliament.example/members/17"}),
        ("petitions", [row]),
    ]
    assert list(read("/petitions/local/harbour.json").json()) == ["constituency", "petitions"]
    assert len(read("/petitions/local/harbour/all.json").json()["petitions"]) == 2
    assert read("/petitions/local/nowhere.json").status_code == 404


# CSV


def rows_of(response):
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_a_list_is_exported_whole_with_formulas_made_harmless(any_site):
    first = publish("=HYPERLINK(1)", signature_count=9)
    for mark in "+-@\t":
        publish(f"{mark}1", signature_count=3)
    publish('Quotes " and, commas', state="closed")
    response = read("/petitions.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="filtered-petitions.csv"'
    rows = rows_of(response)
    assert rows[0] == ["Petition", "URL", "State", "Signatures Count"]
    assert rows[1] == ["%3DHYPERLINK(1)", f"{SITE}/petitions/{first.pk}", "open", "9"]
    assert sorted(row[0] for row in rows[2:6]) == ["%091", "%2B1", "%2D1", "%401"]
    assert rows[6][0] == 'Quotes " and, commas'
    assert len(rows_of(read("/petitions.csv?state=closed"))) == 2


def test_an_export_holds_more_than_a_page(site):
    for number in range(60):
        publish(f"Petition {number}", creator=None)
    assert len(rows_of(read("/petitions.csv?page=2"))) == 61
    archive(Petition.objects.first())
    assert len(rows_of(read("/archived/petitions.csv?q=petition"))) == 2


def test_local_petitions_are_exported_under_the_places_name(site):
    petition = decorate(publish(signature_count=12))
    response = read("/petitions/local/harbour.csv")
    assert response["Content-Disposition"] == 'attachment; filename="open-popular-petitions-in-harbour.csv"'
    assert rows_of(response) == [
        ["Petition", "URL", "State", "Local Signatures", "Total Signatures"],
        ["Protect the chalk streams", f"{SITE}/petitions/{petition.pk}", "open", "3", "12"],
    ]
    everything = read("/petitions/local/harbour/all.csv")
    assert everything["Content-Disposition"] == 'attachment; filename="all-popular-petitions-in-harbour.csv"'


# Atom


def test_a_reader_of_feeds_follows_a_list(site):
    decorate(publish("Old", opened_at=OPENED - timedelta(days=3)))
    new = publish("New")
    response = read("/petitions.atom?state=recent")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(response.content)
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == ["New", "Old"]
    assert feed.findtext(f"{ATOM}entry/{ATOM}id") == f"{SITE}/petitions/{new.pk}"
    assert feed.findtext(f"{ATOM}updated") == "2026-03-02T10:30:15.123456+00:00"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"self": f"{SITE}/petitions.atom?state=recent", "alternate": f"{SITE}/petitions?state=recent"}
    narrowed = ET.fromstring(read("/petitions.atom?topic=environment&q=old").content)
    assert [entry.findtext(f"{ATOM}title") for entry in narrowed.iter(f"{ATOM}entry")] == ["Old"]


def test_a_reader_of_feeds_follows_one_petition(site):
    petition = decorate(publish())
    answer(petition)
    feed = ET.fromstring(read(f"/petitions/{petition.pk}.atom").content)
    entries = [(each.findtext(f"{ATOM}title"), each.findtext(f"{ATOM}id")) for each in feed.iter(f"{ATOM}entry")]
    page = f"{SITE}/petitions/{petition.pk}"
    assert entries[0] == ("The government responded", f"{page}#response")
    assert entries[-1] == ("Published", f"{page}#published")
    assert len({number for _, number in entries}) == len(entries)
    arabic = ET.fromstring(read(f"/ar/petitions/{petition.pk}.atom").content)
    assert arabic.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    assert arabic.findtext(f"{ATOM}entry/{ATOM}id") == f"{page}#response"


def test_a_sign_that_xml_has_not_makes_no_feed_unreadable(site):
    petition = publish(action="Save\x0b the\uffff trees", background="\x01 now")
    for path in ("/petitions.atom", f"/petitions/{petition.pk}.atom"):
        assert "Save the trees" in "".join(ET.fromstring(read(path).content).itertext())


# How it is asked and refused


def test_scripts_of_any_site_may_read_it(site):
    petition = publish()
    for path in (f"/petitions/{petition.pk}.json", f"/petitions/{petition.pk}/count.json", "/petitions.json"):
        assert read(path)["Access-Control-Allow-Origin"] == "*"
    for path in ("/petitions.csv", "/petitions.atom", "/trending.json", "/petitions/999999.json", "/petitions/x.json"):
        assert read(path)["Access-Control-Allow-Origin"] == "*"
    asked = Client().options("/petitions.json", headers={"Origin": "https://map.example"})
    assert asked.status_code == 204
    assert "If-None-Match" in asked["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in read("/petitions").headers


def test_refusals_are_json_too(site):
    assert (read("/petitions/999999.json").status_code, read("/petitions/999999.json").json()) == (
        404,
        {"error": "not_found"},
    )
    assert (read("/petitions/x.json").status_code, read("/petitions/x.json").json()) == (400, {"error": "bad_request"})
    removed = publish(state="removed")
    assert (read(f"/petitions/{removed.pk}.json").status_code, read(f"/petitions/{removed.pk}.json").json()) == (
        410,
        {"error": "gone"},
    )
    assert Client().post("/petitions.json").status_code == 405
    assert Client().delete(f"/petitions/{removed.pk}.json").status_code == 405


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/petitions/{}.pdf", 406, None),
        ("/petitions.xml", 406, None),
        ("/help.json", 406, None),
        ("/petitions/{}.csv", 406, None),
        ("/petitions/{}.whatever", 302, "/petitions/{}"),
        ("/petitions.whatever?q=a", 302, "/petitions?q=a"),
        ("/ar/petitions.whatever", 302, "/ar/petitions"),
        ("/nothing/here.whatever", 404, None),
        ("/nothing/here.pdf", 404, None),
    ],
)
def test_a_form_that_a_page_does_not_have_is_refused_or_taken_off(site, path, status, location):
    petition = publish()
    response = read(path.format(petition.pk))
    assert response.status_code == status
    if location:
        assert response["Location"] == location.format(petition.pk)
