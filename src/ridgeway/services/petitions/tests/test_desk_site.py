"""Sofia the system administrator sets the site, and keeps reasons, tags, departments, topics and pages."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client

from ridgeway.office.audit.models import Entry
from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.forms.site import TABS
from ridgeway.services.petitions.models import (
    Department,
    Feedback,
    Page,
    Petition,
    RejectionReason,
    SiteSettings,
    Tag,
    Topic,
)
from ridgeway.services.petitions.states import State
from ridgeway.services.petitions.tests.cast import NOON, found_site, open_petition

EVIL = '<script>alert(1)</script><img src=x onerror=alert(1)>"'
THRESHOLDS = {
    "minimum_sponsors": 5,
    "maximum_sponsors": 20,
    "threshold_for_moderation": 5,
    "threshold_for_response": 10_000,
    "threshold_for_debate": 100_000,
    "petition_duration_months": 6,
}


@pytest.fixture
def desk(office: Office) -> Iterator[Office]:  # noqa: F811
    found_site()
    Page.objects.all().delete()
    with office.at_site("desk"):
        yield office


@pytest.fixture
def sofia(desk: Office) -> Client:
    return employ("Sofia", "sysadmin")


def employ(name: str, role: str) -> Client:
    return signed_in(make_account(f"{name.lower()}@parliament.example", name, [f"petitions.{role}"]))


def site() -> SiteSettings:
    return SiteSettings.objects.get()


def filled(tab: str, **values: Any) -> dict[str, Any]:
    """The tab's form as it stands, with other values; a box that is not ticked is not sent."""
    form = TABS[tab][1](site=site())
    now = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()} | values
    return {name: "on" if value is True else value for name, value in now.items() if value not in {False, None}}


def test_sofia_opens_every_tab_and_saving_it_as_it_is_changes_nothing(sofia: Client):
    before = SiteSettings.objects.values().get()
    for tab in TABS:
        assert sofia.get(f"/petitions/site/{tab}").status_code == 200
        answer = sofia.post(f"/petitions/site/{tab}", filled(tab), follow=True)
        assert "Nothing was changed." in answer.content.decode(), tab
    assert SiteSettings.objects.values().get() == before
    assert not Entry.objects.filter(act="petitions.configure").exists()
    assert sofia.get("/petitions/site/nonsense").status_code == 404


def test_sofia_lowers_the_line_of_a_debate_and_the_log_says_from_what_to_what(sofia: Client):
    sofia.post("/petitions/site/thresholds", THRESHOLDS | {"threshold_for_debate": 50_000})
    assert site().threshold_for_debate == 50_000
    line = Entry.objects.get(act="petitions.configure")
    assert line.details == {"fields": ["threshold_for_debate"], "values": {"threshold_for_debate": [100_000, 50_000]}}


CONTRADICTIONS = [
    ("threshold_for_debate", 10_000, "This must be more than the signatures for a response"),
    ("maximum_sponsors", 5, "This must be more than the supporters needed at least"),
    ("threshold_for_moderation", 21, "A petition would never be checked"),
    ("petition_duration_months", 0, "greater than or equal to 1"),
    ("petition_duration_months", 10**30, "less than or equal to 60"),
    ("threshold_for_response", "many", "Enter a whole number"),
]


def test_lines_that_contradict_one_another_are_refused(sofia: Client):
    for field, value, said in CONTRADICTIONS:
        answer = sofia.post("/petitions/site/thresholds", THRESHOLDS | {field: value})
        assert (answer.status_code, said in answer.content.decode()) == (422, True), (field, value)
    assert site().threshold_for_debate == 100_000


UNUSABLE = [
    ("mail_from", "Petitions <a@b.example>\r\nBcc: evil@x.example"),
    ("mail_from", "nobody"),
    ("reply_to", "a@b"),
    ("team_mailbox", "Team <team@parliament.example>"),
    ("link_domains", "parliament.example\nhttps://evil.example/\n*"),
    ("map_url", "javascript:alert(1)"),
    ("map_url", "ftp://files.example/map"),
    ("title", ""),
    ("title", "=HYPERLINK(1)"),
    ("country_code", "XX"),
]


def test_a_sender_a_list_and_an_address_that_cannot_be_used_are_refused(sofia: Client):
    for field, value in UNUSABLE:
        answer = sofia.post("/petitions/site/description", filled("description", **{field: value}))
        assert (answer.status_code, "There is a problem" in answer.content.decode()) == (422, True), (field, value)


def test_bad_lines_of_the_list_of_domains_are_named(sofia: Client):
    form = filled("description", link_domains="parliament.example\n-nonsense-/\nother.example\n*.x.example")
    assert "These lines are no domains: 2, 4" in sofia.post("/petitions/site/description", form).content.decode()


def test_sofia_sets_a_password_for_visitors_that_nobody_can_read_anywhere(sofia: Client):
    form = filled("access", access_user="tester", new_password="a long enough secret")
    page = sofia.post("/petitions/site/access", form, follow=True).content.decode()
    assert "Visitors are asked for a name and a password." in page
    assert "a long enough secret" not in page
    assert check_password("a long enough secret", site().access_password)
    assert site().access_password not in page
    line = Entry.objects.get(act="petitions.configure")
    assert line.details == {"fields": ["access_password", "access_user"], "values": {}}
    sofia.post("/petitions/site/access", filled("access", drops_password=True))
    assert (site().access_user, site().access_password) == ("", "")


def test_a_name_without_a_password_and_a_short_password_are_refused(sofia: Client):
    assert sofia.post("/petitions/site/access", filled("access", access_user="tester")).status_code == 422
    form = filled("access", access_user="tester", new_password="short")
    assert sofia.post("/petitions/site/access", form).status_code == 422
    both = filled("access", new_password="a long enough secret", drops_password=True)
    assert sofia.post("/petitions/site/access", both).status_code == 422


def test_signing_is_paused_only_with_a_word_to_visitors(sofia: Client):
    paused = filled("features", accepts_signatures=False)
    assert sofia.post("/petitions/site/features", paused).status_code == 422
    sofia.post("/petitions/site/messages", filled("messages", pause_message="We move house."))
    sofia.post("/petitions/site/features", paused)
    assert not site().accepts_signatures
    assert sofia.post("/petitions/site/messages", filled("messages", pause_message="")).status_code == 422


def test_two_people_on_two_tabs_do_not_undo_one_another(sofia: Client):
    sonia = employ("Sonia", "sysadmin")
    flags = filled("features", shows_trending=False)
    sonia.post("/petitions/site/messages", filled("messages", home_message="Hello"))
    sofia.post("/petitions/site/features", flags)
    assert (site().home_message, site().shows_trending) == ("Hello", False)


def test_sofia_adds_changes_and_deletes_a_tag_and_it_is_off_every_petition(sofia: Client):
    sofia.post("/petitions/subjects/tags/add", {"name": "urgent", "description": "Soon."})
    tag = Tag.objects.get()
    live, archived = open_petition(), open_petition(State.CLOSED, archived_at=NOON)
    for petition in (live, archived):
        petition.tags.add(tag)
    assert "It is taken off 2 petitions." in sofia.get(f"/petitions/subjects/tags/{tag.pk}").content.decode()
    sofia.post(f"/petitions/subjects/tags/{tag.pk}", {"name": "very urgent"})
    assert Tag.objects.get().name == "very urgent"
    sofia.post(f"/petitions/subjects/tags/{tag.pk}/delete")
    assert not Tag.objects.exists()
    assert not live.tags.exists()
    assert not archived.tags.exists()
    acts = list(Entry.objects.filter(act__startswith="petitions.tags").order_by("pk").values_list("act", flat=True))
    assert acts == ["petitions.tags.add", "petitions.tags.change", "petitions.tags.delete"]


def test_deleting_a_department_or_topic_changes_the_petition_for_readers(sofia: Client):
    department, topic = Department.objects.create(name="Trees"), Topic.objects.create(name="Nature", code="nature")
    petition = open_petition()
    petition.departments.add(department)
    petition.topics.add(topic)
    for kind, subject in (("departments", department), ("topics", topic)):
        before = Petition.objects.get().updated_at
        sofia.post(f"/petitions/subjects/{kind}/{subject.pk}/delete")
        assert Petition.objects.get().updated_at > before
    assert not petition.departments.exists()
    assert not petition.topics.exists()


def test_a_reason_that_was_used_cannot_be_deleted_and_one_that_was_not_can(sofia: Client):
    form = {"title": "Duplicate", "code": "duplicate", "description": "There is one.", "position": 1}
    sofia.post("/petitions/subjects/reasons/add", form)
    reason = RejectionReason.objects.get()
    petition = open_petition(State.REJECTED, rejection_reason=reason)
    page = sofia.get(f"/petitions/subjects/reasons/{reason.pk}").content.decode()
    assert "so it cannot be deleted" in page
    assert sofia.post(f"/petitions/subjects/reasons/{reason.pk}/delete").status_code == 400
    assert RejectionReason.objects.exists()
    Petition.objects.filter(pk=petition.pk).update(rejection_reason=None)
    sofia.post(f"/petitions/subjects/reasons/{reason.pk}/delete")
    assert not RejectionReason.objects.exists()


WRONG = [
    ("tags", {"name": "urgent"}),
    ("topics", {"name": "Nature", "code": "no spaces here"}),
    ("topics", {"name": "", "code": "x"}),
    ("departments", {"name": "Trees", "url": "javascript:alert(1)"}),
    ("departments", {"name": "=1+1"}),
    ("reasons", {"title": "x", "code": "x", "description": "", "position": 0}),
]


def test_what_is_taken_or_wrong_is_sent_back_with_the_fault(sofia: Client):
    Tag.objects.create(name="urgent")
    for kind, form in WRONG:
        answer = sofia.post(f"/petitions/subjects/{kind}/add", form)
        assert (answer.status_code, "There is a problem" in answer.content.decode()) == (422, True), (kind, form)


def test_sofia_looks_at_a_page_before_she_saves_it(sofia: Client):
    form = {
        "slug": "about",
        "language": "ar",
        "title": "حول",
        "content": f"# {EVIL}\n\n$response_threshold",
        "is_enabled": "on",
    }
    seen = sofia.post("/petitions/pages/add", form | {"preview": "yes"}).content.decode()
    assert "it is not saved yet" in seen
    assert "<script>alert" not in seen
    assert "<img src=x" not in seen
    assert "$response_threshold</p>" not in seen
    assert not Page.objects.exists()
    sofia.post("/petitions/pages/add", form)
    page = Page.objects.get()
    sofia.post(f"/petitions/pages/{page.pk}", {"title": "عن", "content": "x", "slug": "stolen", "language": "en"})
    page.refresh_from_db()
    assert (page.slug, page.language, page.title, page.is_enabled) == ("about", "ar", "عن", False)


def test_a_page_cannot_take_the_address_of_another(sofia: Client):
    for slug in ("petitions", "feedback", "login", "trending", "robots.txt", "no such"):
        form = {"slug": slug, "language": "en", "title": "Mine", "content": "Mine."}
        assert sofia.post("/petitions/pages/add", form).status_code == 422, slug
    assert not Page.objects.exists()


def test_there_is_one_page_of_an_address_in_a_language(sofia: Client):
    form = {"slug": "about", "language": "en", "title": "About", "content": "Us."}
    for _ in range(2):
        answer = sofia.post("/petitions/pages/add", form)
    assert answer.status_code in {400, 422}
    assert Page.objects.count() == 1


def test_a_page_leads_elsewhere_only_on_the_web(sofia: Client):
    form = {"slug": "about", "language": "en", "title": "About", "content": "Us.", "redirect_url": "ftp://x.example/"}
    assert sofia.post("/petitions/pages/add", form).status_code == 422
    sofia.post("/petitions/pages/add", form | {"redirect_url": "https://parliament.example/about"})
    assert Page.objects.get().redirect_url == "https://parliament.example/about"


def test_mona_reads_what_visitors_told_and_nothing_of_it_runs(desk: Office):
    mona = employ("Mona", "moderator")
    for number in range(30):
        Feedback.objects.create(comment=f"{EVIL} {number}", email=EVIL, user_agent=EVIL, created_at=NOON)
    page = mona.get("/petitions/feedback").content.decode()
    assert "30 messages" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert mona.get("/petitions/feedback?page=2").status_code == 200


GATES = """
    path                              clerk reviewer moderator sysadmin
    /petitions/site                   403   403      403       302
    /petitions/site/access            403   403      403       200
    /petitions/subjects               403   403      403       302
    /petitions/subjects/tags          403   403      403       200
    /petitions/subjects/tags/add      403   403      403       200
    /petitions/subjects/tags/1        403   403      403       200
    /petitions/pages                  403   403      403       200
    /petitions/pages/add              403   403      403       200
    /petitions/workings               403   403      403       200
    /petitions/reports                403   403      200       200
    /petitions/list.csv               403   403      200       200
    /petitions/feedback               403   403      200       200
    /petitions/pad                    403   200      200       200
    /petitions/1/statistics           200   200      200       200
    /petitions/1/creator              403   403      200       200
    /petitions/1/mask                 403   403      403       200
    POST/petitions/site/access        403   403      403       422
    POST/petitions/subjects/tags/1/delete 403 403    403       302
    POST/petitions/workings/places    403   403      403       400
    POST/petitions/1/mask             403   403      403       400
    POST/petitions/1/creator          403   403      422       422
"""


def test_each_role_reaches_its_pages_and_no_other(desk: Office):
    Tag.objects.create(pk=1, name="urgent")
    open_petition(pk=1)
    header, *rows = [line.split() for line in GATES.strip().splitlines()]
    for role, wanted in ((role, {row[0]: int(row[at]) for row in rows}) for at, role in enumerate(header) if at):
        client = employ(role.title(), role)
        found = {}
        for place in wanted:
            path = place.removeprefix("POST")
            body = {"access_user": "x"}
            found[place] = (client.get(path) if path == place else client.post(path, body)).status_code
        assert found == wanted, role
