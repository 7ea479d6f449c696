"""The desk of assessments: who comes to which page, and a version from the upload to the public and back."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from ridgeway.office.audit.models import Entry
from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.assessments.actions.publishing import activate
from ridgeway.services.assessments.commands import assessments
from ridgeway.services.assessments.models import Comment, Version
from ridgeway.services.assessments.operating.shelf import clear_shelf, find_assessment
from ridgeway.services.assessments.states import State
from ridgeway.services.assessments.statistics.counting import write_counts
from ridgeway.services.assessments.tests.versions import keep_version, operator, write_package

V, W, P, A = "viewer", "author", "approver", "administrator"
EVERYBODY = {V, W, P, A}
PAGES = {
    "home": EVERYBODY,
    "package": EVERYBODY,
    "version": EVERYBODY,
    "drawing": EVERYBODY,
    "download": EVERYBODY,
    "preview": EVERYBODY,
    "changes": EVERYBODY,
    "comments": EVERYBODY,
    "statistics": EVERYBODY,
    "export": EVERYBODY,
    "add": {W, A},
    "settle": {W, A},
    "drafts": {W, A},
    "write": {W, A},
    "draft": {W, A},
    "edit": {W, A},
    "texts": {W, A},
    "make-version": {W, A},
    "drop": {W, A},
    "take": {W, A},
    "yaml": {W, A},
    "flow": {W, A},
    "sign-off": {P, A},
    "go_live": {A},
    "schedule": {A},
    "unschedule": {A},
    "withdraw": {A},
    "restore": {A},
    "end": {A},
}
ROUTES = "ridgeway.services.assessments.staff.urls"


@pytest.fixture
def desk(office: Office) -> Iterator[Office]:  # noqa: F811
    clear_shelf()
    with office.at_site("desk"):
        yield office
    clear_shelf()


def list_routes() -> dict[str, str]:
    return {str(each.name): str(each.pattern) for each in get_resolver(ROUTES).url_patterns}


def fill(route: str, version: Version) -> str:
    filled = route.replace("<str:version_id>", str(version.pk)).replace("<str:other_id>", str(version.pk))
    filled = filled.replace("<str:comment_id>", "1").replace("<str:draft_id>", "1")
    filled = filled.replace("<path:element>", "about").replace("<str:language>", "fr")
    return f"/assessments/{filled.replace('<str:package>', version.package)}"


def person(role: str, name: str = "Pat") -> Client:
    return signed_in(make_account(f"{name.lower()}@health.example", name, [f"assessments.{role}"]))


def test_every_page_has_a_line_in_the_table(desk: Office):
    assert set(list_routes()) == set(PAGES)


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_each_role_comes_to_its_own_pages_and_to_no_other(desk: Office, role: str):
    somebody, version, wrong = person(role), keep_version(), []
    for name, route in list_routes().items():
        for method in ("get", "post"):
            answer = getattr(somebody, method)(fill(route, version))
            is_let_in = answer.status_code != 403
            if is_let_in is not (role in PAGES[name]) or answer.status_code >= 500:
                wrong.append((name, method, answer.status_code))
    assert wrong == []


def test_who_is_not_signed_in_is_asked_to_and_other_sites_send_no_form(desk: Office):
    version, strict = keep_version(), Client(enforce_csrf_checks=True)
    strict.cookies = person(A).cookies
    for route in list_routes().values():
        assert "/people/sign-in" in Client().get(fill(route, version))["Location"], route
        assert strict.post(fill(route, version)).status_code == 403, route


def test_what_is_not_there_is_not_found(desk: Office):
    amina = person(A)
    for path in ("versions/1", "versions/x", "versions/99999999999999999999", "of/none", "of/none/statistics"):
        assert amina.get(f"/assessments/{path}").status_code == 404, path


def upload(client: Client, data: bytes, name: str = "service.yaml") -> Version:
    answer = client.post("/assessments/add", {"package": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()
    return Version.objects.latest("pk")


def test_ada_adds_avi_signs_amina_publishes_and_withdraws(desk: Office):
    ada, avi, amina = person(W, "Ada"), person(P, "Avi"), person(A, "Amina")
    version = upload(ada, write_package())
    where = f"/assessments/versions/{version.pk}"
    page = ada.get(where).content.decode()
    assert "Should you stay home?" in page
    assert "Nobody has signed it off yet" in page
    refused = amina.post(f"{where}/activate", {"reason": ""})
    assert refused.status_code == 422
    assert "needs 1" in refused.content.decode()
    signed = avi.post(f"{where}/sign-off", {"role": "medical director", "digest": version.digest})
    assert signed.status_code == 302
    assert amina.post(f"{where}/activate", {"reason": "launch"}).status_code == 302
    assert find_assessment("home-check", timezone.now()) is not None
    assert "It is live." in amina.get(where).content.decode()
    assert amina.post(f"{where}/withdraw", {"reason": ""}).status_code == 422
    assert amina.post(f"{where}/withdraw", {"reason": "wrong", "instead": "javascript:alert(1)"}).status_code == 422
    assert amina.post(f"{where}/withdraw", {"reason": "wrong advice"}).status_code == 302
    assert find_assessment("home-check", timezone.now()) is None
    history = amina.get("/assessments/of/home-check").content.decode()
    assert all(said in history for said in ("Ada", "Avi", "Amina", "launch", "wrong advice", "Signed off"))


def test_a_package_with_an_error_is_told_line_by_line(desk: Office):
    broken = write_package().replace(b"pages:", b"pagess:")
    answer = person(W).post("/assessments/add", {"package": SimpleUploadedFile("service.yaml", broken)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "service.yaml:" in page
    assert "pagess" in page
    assert Version.objects.count() == 0


def test_amina_schedules_in_the_sites_time_and_takes_it_back(desk: Office):
    amina, version = person(A), keep_version()
    later = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%d %H:%M")
    where = f"/assessments/versions/{version.pk}"
    assert amina.post(f"{where}/schedule", {"at": "2020-01-01 00:00"}).status_code == 422
    avi = person(P, "Avi")
    avi.post(f"{where}/sign-off", {"role": "medical director", "digest": version.digest})
    assert amina.post(f"{where}/schedule", {"at": later}).status_code == 302
    version.refresh_from_db()
    assert (version.state, version.activates_at.strftime("%Y-%m-%d %H:%M")) == (State.SCHEDULED, later)
    assert amina.post(f"{where}/unschedule", {}).status_code == 302
    version.refresh_from_db()
    assert version.state == State.DRAFT


def test_the_package_comes_back_as_it_was_added_and_the_flow_is_drawn(desk: Office):
    rita, version = person(V), keep_version()
    answer = rita.get(f"/assessments/versions/{version.pk}/package.zip")
    assert answer.content[:2] == b"PK"
    assert rita.get(f"/assessments/versions/{version.pk}/preview")["Location"].startswith(
        "http://localhost:8430/preview-"
    )
    drawn = rita.get(f"/assessments/versions/{version.pk}/flow.svg")
    assert drawn["Content-Type"] == "image/svg+xml"
    assert b"<svg" in drawn.content


def test_no_word_of_a_package_is_markup_at_the_desk(desk: Office):
    version, other = keep_version("1.0.0"), keep_version("1.1.0")
    hostile = version.compiled.replace("Do you feel ill today?", "<script>alert(1)</script>?")
    Version.objects.filter(pk=version.pk).update(compiled=hostile, title="<script>alert(2)</script>")
    rita = person(V)
    for path in ("", "/flow.svg", "/comments", f"/changes/{other.pk}"):
        page = rita.get(f"/assessments/versions/{version.pk}{path}").content.decode()
        assert "<script>alert" not in page, path
    assert "&lt;script&gt;alert" in rita.get(f"/assessments/versions/{version.pk}").content.decode()


def test_what_changes_between_two_versions_is_told_by_people_concerned(desk: Office):
    old, rita = keep_version("1.0.0"), person(V)
    same = keep_version("1.1.0")
    page = rita.get(f"/assessments/versions/{same.pk}/changes/{old.pk}").content.decode()
    assert "Nobody gets another result." in page
    assert "Stay home (1.0.0)" in page  # the words of the outcome are others
    kinder = write_package("1.2.0").replace(
        b"to: outcome.stay}, {to: outcome.go}", b"to: outcome.go}, {to: outcome.stay}"
    )
    new = upload(person(W, "Ada"), kinder)
    page = rita.get(f"/assessments/versions/{new.pk}/changes/{old.pk}").content.decode()
    assert "2 of 2 kinds of people get another result." in page
    assert "Go out → Stay home (1.2.0)" in page
    assert "Do you feel ill today?" in page


def test_what_rita_says_about_a_question_stands_beside_the_next_version_until_ada_settles_it(desk: Office):
    old, new = keep_version("1.0.0"), keep_version("1.1.0")
    rita, ada = person(V, "Rita"), person(W, "Ada")
    said = {"element": "question.ill.title", "text": "Too blunt <b>", "suggestion": "How do you feel?"}
    assert rita.post(f"/assessments/versions/{old.pk}/comments", said).status_code == 302
    wrong = rita.post(f"/assessments/versions/{old.pk}/comments", said | {"element": "question.none.title"})
    assert wrong.status_code == 422
    page = ada.get(f"/assessments/versions/{new.pk}/comments").content.decode()
    assert "Too blunt &lt;b&gt;" in page
    assert "How do you feel?" in page
    comment = Comment.objects.get()
    assert rita.post(f"/assessments/versions/{new.pk}/comments/{comment.pk}/settle").status_code == 403
    assert ada.post(f"/assessments/versions/{new.pk}/comments/{comment.pk}/settle").status_code == 302
    comment.refresh_from_db()
    assert comment.settled_by == "Ada"
    assert "Nothing is open." in ada.get(f"/assessments/versions/{new.pk}/comments").content.decode()
    acts = Entry.objects.filter(act__startswith="assessments.").order_by("id").values_list("actor_name", "act")
    assert list(acts)[-2:] == [("Rita", "assessments.comment"), ("Ada", "assessments.settle_comment")]


def test_statistics_stand_in_a_chart_with_its_table_and_in_a_file(desk: Office):
    activate(keep_version().pk, by=operator())
    rita, day = person(V), timezone.localdate()
    last_month = day.replace(day=1) - timedelta(days=1)
    keys = {"stay": 40, "go": 2}
    write_counts({("home-check", "1.0.0", last_month, "outcome", what, "en"): each for what, each in keys.items()})
    write_counts({("home-check", "1.0.0", day, "outcome", "go", "en"): 23})
    now = rita.get("/assessments/of/home-check/statistics").content.decode()
    assert "Go out" in now
    assert ">20<" in now.replace(" ", "")
    assert ">23<" not in now.replace(" ", "")
    then = rita.get(f"/assessments/of/home-check/statistics?month={last_month:%Y-%m}").content.decode()
    assert "withheld" in then
    assert ">42<" not in then
    answer = rita.get("/assessments/of/home-check/statistics.csv")
    lines = b"".join(answer).decode().splitlines()
    assert lines[0] == "month,table,name,number"
    assert f"{last_month:%Y-%m},outcome,go,withheld" in lines
    assert f"{day:%Y-%m},outcome,go,20" in lines
    told = CliRunner().invoke(assessments, ["statistics", "home-check"], catch_exceptions=False).output
    assert told.splitlines() == lines
    listed = CliRunner().invoke(assessments, ["list", "--json"], catch_exceptions=False).output
    assert [(each["version"], each["state"]) for each in json.loads(listed)] == [("1.0.0", "live")]
