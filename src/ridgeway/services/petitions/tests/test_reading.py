"""What citizens read: the first page, lists, and a petition in each of its states."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Parliament, Petition, SiteSettings, Tally, Topic
from ridgeway.services.petitions.tests.citizens import settle_country
from ridgeway.services.petitions.tests.published import OPENED, answer, archive, debate, decorate, publish, text_of


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


def count_statements(path):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert read(path).status_code == 200
    return len(asked)


# The first page


def test_the_first_page_shows_what_is_signed_now_answered_and_debated(any_site):
    busy, quiet = publish("Save the night train"), publish("Paint the bridge")
    now = datetime.now(UTC)
    Tally.objects.create(petition=busy, minute_at=now - timedelta(minutes=5), count=12)
    Tally.objects.create(petition=quiet, minute_at=now - timedelta(hours=3), count=99)
    answer(publish("Free school meals"))
    debate(publish("Protect bees"))
    page = text_of(read("/"))
    assert "Save the night train" in page
    assert "12 signatures in the last hour" in page
    assert "Paint the bridge" not in page
    assert "Free school meals" in page
    assert "We will publish a plan." in page
    assert "Protect bees" in page
    assert "Watch the debate" in page
    assert "1 petition has a government response" in page
    assert "1 petition was debated" in page
    assert "See all 4 open petitions" in page


def test_only_three_are_trending_and_staff_can_switch_it_off(site):
    now = datetime.now(UTC)
    for number in range(4):
        petition = publish(f"Petition number {number}")
        Tally.objects.create(petition=petition, minute_at=now - timedelta(minutes=2), count=number + 1)
    page = text_of(read("/"))
    assert "Petition number 3" in page
    assert "Petition number 0" not in page
    SiteSettings.objects.update(shows_trending=False)
    assert "in the last hour" not in text_of(read("/"))


@pytest.mark.parametrize("colour", ["default", "green", "red", "amber", "grey"])
def test_staff_put_a_message_across_the_first_page_in_a_colour(site, colour):
    SiteSettings.objects.update(home_message="We are away on Friday.", home_message_colour=colour)
    assert "We are away on Friday." in text_of(read("/"))
    assert "We are away on Friday." not in text_of(read("/petitions"))


def test_messages_for_petitions_and_for_a_pause_stand_where_they_belong(site):
    petition = publish()
    SiteSettings.objects.update(petition_message="Counts are late.", accepts_signatures=False, pause_message="Paused.")
    assert "Counts are late." in text_of(read(f"/petitions/{petition.pk}"))
    assert "Counts are late." not in text_of(read("/"))
    assert "Paused." in text_of(read("/"))
    assert "Paused." in text_of(read(f"/petitions/{petition.pk}"))
    assert "Sign this petition" not in text_of(read(f"/petitions/{petition.pk}"))


def test_a_dissolution_is_announced_on_every_page_and_deadlines_are_clipped(site):
    petition = publish()
    Parliament.objects.update(dissolution_at=datetime(2026, 6, 1, 0, 1, tzinfo=UTC), shows_dissolution=True)
    Petition.objects.update(closes_at=datetime(2126, 9, 2, tzinfo=UTC))
    faq = "https://parliament.example/faq"
    Parliament.objects.update(dissolution_at=datetime(2126, 6, 1, 0, 1, tzinfo=UTC), dissolution_faq_url=faq)
    for path in ("/", "/petitions", "/petitions/start", f"/petitions/{petition.pk}"):
        assert "Parliament will be dissolved on 1 June 2126" in text_of(read(path)), path
        assert f'<a href="{faq}">What this means for petitions</a>' in read(path).content.decode(), path
    assert "Open until 1 June 2126" in text_of(read(f"/petitions/{petition.pk}"))


def test_when_parliament_is_dissolved_the_first_page_becomes_a_search_of_what_was(site):
    Parliament.objects.update(
        dissolution_at=datetime.now(UTC) - timedelta(days=1),
        registration_closes_at=datetime(2126, 6, 18, 23, 59, tzinfo=UTC),
    )
    page = text_of(read("/"))
    assert "Parliament has been dissolved" in page
    assert "You can register to vote until 18 June 2126" in page
    assert "Start a petition" not in page.replace("Start a petition", "", 1)
    assert "Find a petition" in page


def test_before_the_new_parliament_opens_only_the_archive_is_offered(site):
    Parliament.objects.update(opening_at=datetime.now(UTC) + timedelta(days=9))
    page = text_of(read("/"))
    assert "Petitions open with the new Parliament" in page
    assert "Petitions of past Parliaments" in page


# Lists


def fill_facets():
    """One petition or more for each facet."""
    soon, late = publish("Awaits long"), publish("Awaits a little")
    for petition, days in ((soon, 9), (late, 2)):
        Petition.objects.filter(pk=petition.pk).update(
            response_state="awaiting", response_threshold_reached_at=OPENED - timedelta(days=days)
        )
    planned, open_end = publish("Debate planned"), publish("Debate some day")
    Petition.objects.filter(pk=planned.pk).update(debate_state="scheduled", scheduled_debate_date="2026-12-01")
    Petition.objects.filter(pk=open_end.pk).update(debate_state="awaiting", debate_threshold_reached_at=OPENED)
    answer(publish("Answered", state="closed"))
    debate(publish("Debated", state="closed"))
    debate(publish("Declined"), debated=False)
    publish("Refused", state="rejected")
    for state in ("pending", "validated", "sponsored", "flagged", "dormant", "hidden", "stopped", "removed"):
        publish(f"Nobody sees {state}", state=state)


def titles(path):
    """The titles of a list, in order."""
    return [item["attributes"]["action"] for item in read(path).json()["data"]]


def test_each_facet_shows_its_petitions_in_its_order_with_counts(any_site):
    fill_facets()
    assert len(titles("/petitions.json?state=all")) == 8
    assert titles("/petitions.json?state=awaiting_response") == ["Awaits long", "Awaits a little"]
    assert titles("/petitions.json?state=awaiting_debate") == ["Debate planned", "Debate some day"]
    assert titles("/petitions.json?state=with_response") == ["Answered"]
    assert titles("/petitions.json?state=debated") == ["Debated"]
    assert titles("/petitions.json?state=not_debated") == ["Declined"]
    assert titles("/petitions.json?state=rejected") == ["Refused"]
    assert sorted(titles("/petitions.json?state=closed")) == ["Answered", "Debated"]
    page = text_of(read("/petitions?state=open"))
    for said in ("All petitions 8", "Open petitions 5", "Closed petitions 2", "Rejected petitions 1"):
        assert said in page, said
    assert "Nobody sees" not in page
    assert "Nobody sees" not in text_of(read("/petitions"))


def test_all_and_open_begin_with_the_most_signatures_recent_with_the_newest(any_site):
    publish("Few", signature_count=3, opened_at=OPENED + timedelta(days=3))
    publish("Many", signature_count=900, opened_at=OPENED)
    assert titles("/petitions.json") == titles("/petitions.json?state=open") == ["Many", "Few"]
    assert titles("/petitions.json?state=recent") == ["Few", "Many"]


def test_searching_counts_each_facet_for_the_same_words(any_site):
    publish("Protect the chalk streams")
    publish("Protect bees", state="closed", background="Streams of them.")
    publish("Paint the bridge", background="It rusts.")
    page = text_of(read("/petitions?q=stream"))
    assert "2 petitions about “stream”" in page
    assert "Open petitions 1" in page
    assert "Closed petitions 1" in page
    assert "Paint the bridge" not in page


def test_a_number_typed_as_words_leads_to_that_petition(site):
    petition = publish()
    assert read(f"/petitions?q={petition.pk}")["Location"] == f"/petitions/{petition.pk}"
    assert read("/petitions?q=999999999").status_code == 200
    assert read("/petitions?q=99999999999999999999999999").status_code == 200


def test_nothing_found_says_what_to_do_next(site):
    publish()
    page = read("/petitions?q=zeppelin&state=closed")
    assert "0 petitions about “zeppelin”" in text_of(page)
    assert "Try fewer or other words" in text_of(page)
    body = page.content.decode()
    assert "/petitions?q=zeppelin" in body
    assert "/archived/petitions?q=zeppelin" in body


def test_a_list_is_read_25_at_a_time_or_up_to_50_and_the_last_page_stands_for_later_ones(site):
    for number in range(53):
        publish(f"Petition {number}", creator=None)
    assert len(titles("/petitions.json")) == 25
    assert len(titles("/petitions.json?count=50")) == len(titles("/petitions.json?count=500")) == 50
    assert titles("/petitions.json?page=3") == titles("/petitions.json?page=99")
    assert len(titles("/petitions.json?page=3")) == 3
    body = read("/petitions?page=2").content.decode()
    assert 'aria-current="page" aria-label="Page 2"' in body
    assert "/petitions?page=3" in body
    assert 'href="/petitions"' in body


def test_a_topic_narrows_a_list_and_every_facet_keeps_it(site):
    decorate(publish("Protect the chalk streams"))
    publish("Paint the bridge")
    Topic.objects.create(code="health", name="Health")
    assert titles("/petitions.json?topic=environment") == ["Protect the chalk streams"]
    body = read("/petitions?topic=environment").content.decode()
    assert "/petitions?state=open&amp;topic=environment" in body
    assert titles("/petitions.json?topic=nothing") == []


def test_an_unknown_facet_leads_to_all(site):
    assert read("/petitions?state=funny&q=abc")["Location"] == "/petitions?q=abc"


@pytest.mark.parametrize("query", ["page=-1", "page=x", "page=0", "count=0", "count=x", "page=99999999999", "q=%20"])
def test_a_silly_question_is_answered_as_if_it_had_not_been_asked(site, query):
    publish()
    assert read(f"/petitions?{query}").status_code == 200
    assert titles(f"/petitions.json?{query}") == ["Protect the chalk streams"]


def test_a_list_costs_the_same_however_long_it_is(site):
    decorate(publish())
    alone = {path: count_statements(path) for path in ("/petitions", "/petitions.json", "/")}
    for number in range(2):
        petition = decorate(publish(f"Another {number}"))
        answer(petition)
        debate(petition)
    assert {path: count_statements(path) for path in alone} == alone | {"/": count_statements("/")}


def test_the_first_page_costs_the_same_however_much_happened(site):
    def happen(number):
        petition = publish(f"Petition {number}")
        Tally.objects.create(petition=petition, minute_at=datetime.now(UTC) - timedelta(minutes=3), count=1)
        answer(petition)
        debate(publish(f"Debated {number}"))

    happen(1)
    once = count_statements("/")
    happen(2)
    happen(3)
    assert count_statements("/") == once


# One petition


def test_suzie_reads_an_open_petition(any_site):
    petition = decorate(publish(signature_count=12, additional_details="See https://example.org/<b>."))
    answer(petition)
    response = read(f"/petitions/{petition.pk}")
    page, body = text_of(response), response.content.decode()
    for said in (
        "Open",
        "Protect the chalk streams",
        "Most of the chalk streams",
        "Started by Suzie Marsh",
        "Open until 2 September 2026",
        "12 signatures",
        "10,000 signatures for a government response",
        "The government's response",
        "We will publish a plan.",
        "A committee wrote a letter",
        "Mill Valley",
        "Harbour",
        "France",
        "Environment",
        "Department for Rivers",
        "On this page",
        "How it has grown",
    ):
        assert said in page.replace("&#39;", "'"), said
    assert f'href="/petitions/{petition.pk}/signatures/new"' in body
    assert f'data-live="/petitions/{petition.pk}/count.json"' in body
    assert f'href="/petitions/{petition.pk}.json"' in body
    assert '<a href="https://example.org/" rel="nofollow' in body
    assert "&lt;b&gt;" in body
    assert "data-share=" in body
    assert 'property="og:title"' in body
    assert "secret" not in body
    assert "SW1A" not in body


def test_the_timeline_tells_what_happened_newest_first(site):
    petition = decorate(publish())
    answer(petition)
    debate(petition)
    body = read(f"/petitions/{petition.pk}").content.decode()
    told = [body.rindex(text) for text in ("Debated in Parliament", "The government responded", "Reached 10,000")]
    assert told == sorted(told)
    assert body.index("Published", body.index("timeline-title")) > max(told)


def test_after_the_first_line_the_bar_goes_on_to_the_next(site):
    petition = publish(signature_count=10_001)
    assert "100,000 signatures to be considered for a debate" in text_of(read(f"/petitions/{petition.pk}"))


def test_a_closed_petition_can_be_read_but_not_signed_and_its_creators_name_is_gone(site):
    petition = publish(state="closed")
    page = text_of(read(f"/petitions/{petition.pk}"))
    assert "Closed on 3 September 2026" in page or "Closed on 2 September 2026" in page
    assert "Sign this petition" not in page
    assert "Suzie Marsh" not in page
    assert 'data-live="' not in read(f"/petitions/{petition.pk}").content.decode()


def test_a_rejected_petition_says_why_and_shows_no_count(site):
    petition = publish(state="rejected", signature_count=6)
    page = text_of(read(f"/petitions/{petition.pk}"))
    assert "Why this petition was rejected" in page
    assert "There is already a petition." in page
    assert "It repeats number 7." in page
    assert "Rejected on 2 March 2026" in page
    assert "6 signatures" not in page
    assert "Sign this petition" not in page
    assert "Suzie Marsh" not in page


@pytest.mark.parametrize(
    ("state", "values", "status", "location"),
    [
        ("pending", {}, 302, "gathering-support"),
        ("validated", {}, 302, "gathering-support"),
        ("sponsored", {}, 302, "moderation-info"),
        ("flagged", {}, 302, "moderation-info"),
        ("dormant", {}, 404, None),
        ("hidden", {}, 404, None),
        ("hidden", {"opened_at": OPENED}, 410, None),
        ("removed", {}, 410, None),
        ("stopped", {}, 302, "/"),
    ],
)
def test_what_is_not_public_is_not_shown(site, state, values, status, location):
    petition = publish("Nobody sees this", state=state, **values)
    response = read(f"/petitions/{petition.pk}")
    assert response.status_code == status
    assert "Nobody sees this" not in response.content.decode()
    if location:
        assert response["Location"].endswith(location)
        assert response["Cache-Control"] == "no-store"
    program = read(f"/petitions/{petition.pk}.json")
    assert program.status_code == (status if status == 410 else 404)
    assert "Nobody sees this" not in program.content.decode()
    assert read(f"/petitions/{petition.pk}.atom").status_code == 404
    assert titles("/petitions.json") == []


def test_a_broken_number_is_a_bad_request_and_an_unknown_one_is_not_found(site):
    for path, status in (("x", 400), ("1", 404), ("9" * 30, 404), ("-1", 400), ("%D9%A1", 400), ("1%00", 400)):
        assert read(f"/petitions/{path}").status_code == status, path


def test_a_script_in_any_text_of_a_petition_is_text(site):
    script = "<script>alert(1)</script>"
    petition = publish(script, background=script, additional_details=script, committee_note=script, creator=script)
    answer(petition, summary=script)
    debate(petition, overview=script)
    for path in (f"/petitions/{petition.pk}", "/petitions", "/", f"/petitions/{petition.pk}.atom", "/petitions.atom"):
        assert b"<script>alert" not in read(path).content, path


def test_a_petition_in_another_script_finds_its_own_direction(site):
    petition = publish("أصلحوا الجسر القديم")
    assert '<h1 dir="auto">أصلحوا الجسر القديم</h1>' in read(f"/petitions/{petition.pk}").content.decode()
    assert 'dir="rtl"' in read(f"/ar/petitions/{petition.pk}").content.decode()
    assert f'href="/ar/petitions/{petition.pk}/signatures/new"' in read(f"/ar/petitions/{petition.pk}").content.decode()


def test_one_page_costs_the_same_whatever_stands_on_it(site):
    petition = decorate(publish())
    once = count_statements(f"/petitions/{petition.pk}")
    for number in range(2):
        decorate_more(petition, number)
    assert count_statements(f"/petitions/{petition.pk}") == once


def decorate_more(petition, number):
    """More of the same."""
    topic, _ = Topic.objects.get_or_create(code=f"topic{number}", defaults={"name": f"Topic {number}"})
    petition.topics.add(topic)
    for each in petition.other_business.all():
        each.pk = None
        each.save()


# The archive


def test_petitions_of_a_past_parliament_are_found_in_the_archive_alone(any_site):
    petition = archive(publish("Keep the old mill", state="closed", signature_count=7_000))
    publish("Build a new mill")
    assert read(f"/petitions/{petition.pk}").status_code == 301
    assert read(f"/petitions/{petition.pk}")["Location"] == f"/archived/petitions/{petition.pk}"
    page = text_of(read(f"/archived/petitions/{petition.pk}"))
    assert "This petition was addressed to the Parliament of 2019-2024." in page
    assert "50,000 signatures to be considered for a debate" in page
    assert titles("/archived/petitions.json?q=mill") == ["Keep the old mill"]
    assert titles("/petitions.json?q=mill") == ["Build a new mill"]
    assert titles("/archived/petitions.json?parliament=2019-2024") == ["Keep the old mill"]
    assert titles("/archived/petitions.json?parliament=2017-2019") == []
    assert "Published petitions 1" in text_of(read("/archived/petitions?state=published"))
    assert read("/archived/petitions?state=open")["Location"] == "/archived/petitions"


def test_a_petition_that_is_not_archived_is_not_in_the_archive(site):
    petition = publish()
    assert read(f"/archived/petitions/{petition.pk}")["Location"] == f"/petitions/{petition.pk}"
    assert read("/archived/petitions/999999").status_code == 404
    stopped = archive(publish(state="stopped"))
    assert read(f"/archived/petitions/{stopped.pk}").status_code == 404
