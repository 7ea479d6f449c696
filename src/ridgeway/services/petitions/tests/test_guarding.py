"""What Sofia sets against fraud, and what she sees of it."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ridgeway.office.audit.models import Entry
from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, any_office, cluster, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import DomainRule, RateLimits, TrendingSource
from ridgeway.services.petitions.queries.fraud import list_addresses, list_domains
from ridgeway.services.petitions.queries.guard import read_domains, read_guard
from ridgeway.services.petitions.rules.ratelimits import Admission, decide_listing, origin_of
from ridgeway.services.petitions.states import SignatureState
from ridgeway.services.petitions.tests.cast import found_site, open_petition, sign_row

LIMITS, DOMAINS, FRAUD = "/petitions/limits", "/petitions/domains", "/petitions/fraud"
RATES = {
    "burst_rate": "1",
    "burst_period_seconds": "60",
    "sustained_rate": "5",
    "sustained_period_seconds": "300",
    "creator_rate": "2",
    "sponsor_rate": "5",
    "feedback_rate": "2",
    "trending_threshold": "100",
    "trending_alert_threshold": "200",
}


@pytest.fixture
def desk(office: Office) -> Iterator[Office]:  # noqa: F811
    found_site()
    with office.at_site("desk"):
        yield office


def employ(name: str, role: str) -> Client:
    return signed_in(make_account(f"{name.lower()}@parliament.example", name, [f"petitions.{role}"]))


def seen_by(client: Client) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', client.get(LIMITS).content.decode())
    assert found is not None
    return found[1]


def test_sofia_sets_limits_and_lists_and_the_log_tells_no_address(desk: Office):
    sofia = employ("Sofia", "sysadmin")
    lists = {
        "blocked_ips": "192.0.2.0/24 # bots\n\n2001:db8::/32",
        "blocked_emails": "eve@example.org",
        "logs_trending": "on",
    }
    answer = sofia.post(LIMITS, {**RATES, **lists, "seen": seen_by(sofia)}, follow=True)
    assert "The limits are saved." in answer.content.decode()
    guard = read_guard()
    assert guard.rates.burst_rate == 1
    assert guard.lists.blocked_ips.has("192.0.2.77")
    assert "eve@example.org" in guard.lists.blocked_emails
    line = Entry.objects.get(act="petitions.set_limits")
    assert {"blocked_ips", "blocked_emails", "burst_rate"} <= set(line.details["fields"])
    assert not any(text in str(line.details) for text in ("eve", "192.0"))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("blocked_ips", "192.0.2.1\nnonsense\n10.0.0.1/8", "Line 2 cannot be read: nonsense"),
        ("allowed_ips", "10.0.0.1/8", "Line 1 cannot be read"),
        ("blocked_domains", "good.example\n*****.x", "Line 2 cannot be read"),
        ("ignored_domains", "a b", "Line 1 cannot be read"),
        ("blocked_emails", "# nobody\neve", "Line 2 cannot be read: eve"),
        ("burst_rate", "0", "greater than or equal to 1"),
        ("burst_rate", "1e9", "Enter a whole number"),
        ("sustained_rate", "1", "This has to be more than may be signed at a stretch."),
        ("sustained_period_seconds", "60", "This has to be longer than the short period."),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_saved(desk: Office, name: str, text: str, said: str):
    sofia = employ("Sofia", "sysadmin")
    before = RateLimits.objects.values().get()
    answer = sofia.post(LIMITS, {**RATES, name: text, "seen": seen_by(sofia)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert RateLimits.objects.values().get() == before


def test_who_has_not_seen_the_last_change_does_not_undo_it(desk: Office):
    sofia, sam = employ("Sofia", "sysadmin"), employ("Sam", "sysadmin")
    seen = seen_by(sam)
    sofia.post(LIMITS, {**RATES, "blocked_ips": "192.0.2.0/24", "seen": seen_by(sofia)})
    answer = sam.post(LIMITS, {**RATES, "burst_rate": "3", "seen": seen})
    assert answer.status_code == 400
    assert "Somebody else has changed the limits meanwhile." in answer.content.decode()
    assert RateLimits.objects.get().blocked_ips == "192.0.2.0/24"


def test_sofia_writes_a_rule_of_a_domain_and_spellings_are_one_person(desk: Office):
    sofia = employ("Sofia", "sysadmin")
    assert "the usual ones hold" in sofia.get(DOMAINS).content.decode()
    form = {"pattern": "@Mail.Example", "strip_characters": ".-", "strip_extension": "+", "aliased_to": ""}
    assert "The rule is saved." in sofia.post(f"{DOMAINS}/new", form, follow=True).content.decode()
    assert read_domains().canonicalise("s.u-zie+x@mail.example") == "suzie@mail.example"
    assert read_domains().canonicalise("s.uzie@gmail.com") == "suzie@gmail.com"
    rule = DomainRule.objects.get(pattern="mail.example")
    sofia.post(f"{DOMAINS}/{rule.pk}", {**form, "strip_characters": ""})
    assert read_domains().canonicalise("s.uzie@mail.example") == "s.uzie@mail.example"
    sofia.post(f"{DOMAINS}/{rule.pk}/delete")
    assert not DomainRule.objects.filter(pk=rule.pk).exists()
    assert sofia.post(f"{DOMAINS}/{rule.pk}/delete").status_code == 400
    assert Entry.objects.filter(subject="domain:mail.example").count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"pattern": "nonsense"},
        {"pattern": "*.*.example"},
        {"pattern": "mail.example", "strip_characters": "abc"},
        {"pattern": "mail.example", "strip_extension": "@"},
        {"pattern": "mail.example", "aliased_to": "mail.example"},
        {"pattern": "mail.example", "aliased_to": "<script>"},
    ],
)
def test_a_rule_that_is_none_is_sent_back(desk: Office, wrong: dict[str, str]):
    sofia = employ("Sofia", "sysadmin")
    assert sofia.post(f"{DOMAINS}/new", wrong).status_code == 422
    assert not DomainRule.objects.exists()


def test_the_busiest_places_of_the_last_hour_are_counted(any_office: Office):  # noqa: F811
    found_site()
    petition, other, now = open_petition(), open_petition(), timezone.now()
    for number in range(3):
        sign_row(petition, f"Bot{number}", ip="198.51.100.7", created_at=now, state=SignatureState.FRAUDULENT)
    sign_row(other, "Ada", ip="192.0.2.1", created_at=now, state=SignatureState.VALIDATED)
    sign_row(other, "Old", ip="192.0.2.9", created_at=now - timedelta(hours=2))
    found = list_addresses(now=now)
    assert [(each.name, each.all, each.counted, each.refused) for each in found] == [
        ("198.51.100.7", 3, 0, 3),
        ("192.0.2.1", 1, 1, 0),
    ]
    assert [(each.asked, each.all) for each in list_domains(petition_id=other.pk, now=now)] == [("@example.org", 1)]


def test_sofia_sees_from_where_petitions_are_signed(desk: Office):
    sofia, petition, now = employ("Sofia", "sysadmin"), open_petition(), timezone.now()
    sign_row(petition, "Bot", ip="198.51.100.7", created_at=now, email="x@<script>alert(1)</script>")
    TrendingSource.objects.create(kind="ip", source="203.0.113.9", petition=petition, count=120, starts_at=now)
    for path in (FRAUD, f"/petitions/{petition.pk}/fraud"):
        page = sofia.get(path).content.decode()
        assert "198.51.100.7" in page
        assert "203.0.113.9" in page
        assert "<script>alert" not in page


@pytest.mark.parametrize("role", ["reviewer", "clerk", "moderator"])
def test_only_system_administrators_set_limits(desk: Office, role: str):
    rita, petition = employ("Rita", role), open_petition()
    for path in (LIMITS, DOMAINS, f"{DOMAINS}/new", FRAUD, f"/petitions/{petition.pk}/fraud"):
        assert rita.get(path).status_code == 403
        assert rita.post(path, RATES).status_code == 403


def test_who_is_on_a_list_of_the_allowed_is_stopped_by_no_limit(desk: Office):
    sofia = employ("Sofia", "sysadmin")
    lists = {"allowed_ips": "198.51.100.0/24", "allowed_domains": "*.school.example", "blocked_ips": "198.51.100.9"}
    sofia.post(LIMITS, {**RATES, **lists, "seen": seen_by(sofia)})
    guard = read_guard()

    def decide(ip: str, email: str) -> Admission | None:
        return decide_listing(origin_of(ip=ip, email=email, table=guard.table), guard.lists)

    assert decide("198.51.100.7", "ada@example.org") is Admission.ALLOWED
    assert decide("192.0.2.1", "ada@north.school.example") is Admission.ALLOWED
    assert decide("198.51.100.9", "ada@north.school.example") is Admission.BLOCKED_IP
    assert decide("192.0.2.1", "ada@example.org") is None
