"""The desk to write in: a person who writes no YAML makes a version; what is written is the author's own file."""

import difflib
import html
import io
import re
import zipfile

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

from ridgeway.office.audit.models import Entry
from ridgeway.office.people.tests.cast import make_account, signed_in
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.assessments.models import Draft, Version
from ridgeway.services.assessments.staff.editing.boxes import Box, Kind, apply_boxes, make_box, read_scalar
from ridgeway.services.assessments.tests.versions import keep_version

HOME = "pages/home"
CONTROL = re.compile(r"<(input|select|textarea)\b([^>]*)>(.*?)(?=<input|<select|<textarea|</form>)", re.DOTALL)


@pytest.fixture
def ada(office: Office):  # noqa: F811
    with office.at_site("desk"):
        yield person("Ada")


def person(name: str) -> Client:
    return signed_in(make_account(f"{name.lower()}@health.example", name, ["assessments.author"]))


def read_form(client: Client, where: str) -> dict[str, str]:
    """What a browser would send of the page's form when nothing is changed."""
    answer = client.get(where)
    assert answer.status_code == 200, answer.content.decode()
    sent = {}
    for kind, attributes, inside in CONTROL.findall(answer.content.decode()):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        name = html.unescape(said.get("name", ""))
        if kind == "select":
            chosen = re.search(r'<option value="([^"]*)"[^>]* selected', inside)
            sent[name] = html.unescape(chosen[1]) if chosen else ""
        elif kind == "textarea":
            sent[name] = html.unescape(inside.split("</textarea>")[0].removeprefix("\n"))
        elif said.get("type") != "checkbox" or "checked" in attributes:
            sent[name] = html.unescape(said.get("value", ""))
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def save(client: Client, where: str, **changes: str) -> None:
    answer = client.post(where, read_form(client, where) | changes)
    assert answer.status_code == 302, answer.content.decode()


def files(draft: Draft) -> dict[str, str]:
    draft.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(bytes(draft.archive))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def diff(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def begin(client: Client, name: str = "our-grant") -> tuple[Draft, str]:
    answer = client.post("/assessments/drafts", {"name": name, "starter": "questions"})
    assert answer.status_code == 302, answer.content.decode()
    return Draft.objects.latest("pk"), answer["Location"]


def test_ada_writes_a_page_with_two_options_a_rule_and_a_translation_and_makes_a_version(ada: Client):
    draft, where = begin(ada)
    number = {"number": str(draft.number)}
    page = {"name": "help", "title": "Who helps you?", "kind": "radios", "after": "birth_year"}
    assert ada.post(where, number | page).status_code == 302
    for label in ("My family", "Nobody"):
        save(ada, f"{where}/edit/pages/help", **{"new:pages/help/question/options": label})
    seen = files(draft)["service.yaml"]
    assert "- id: my_family\n" in seen
    assert "label: Nobody" in seen
    table = f"{where}/edit/decisions/grant"
    save(ada, table, act="add:decisions/grant/rules")
    rule = "decisions/grant/rules/R6"
    cells = {f"{rule}/if/{place}": cell for place, cell in enumerate(("true", "true", "own", "unknown"))}
    save(ada, table, **cells, **{f"{rule}/then": "outcome.ask_owner", f"{rule}/because": "Ask.", f"{rule}/source": "S"})
    assert "if: [true, true, own, unknown]" in files(draft)["service.yaml"].replace('"', "")
    save(ada, table, act=f"remove:{rule}")
    texts = f"{where}/texts/fr"
    assert "Missing" in ada.get(texts).content.decode()
    answer = ada.post(
        f"{texts}?show=missing",
        read_form(ada, f"{texts}?show=missing")
        | {
            "question.help.title": "Qui vous aide ?",
            "question.help.option.my_family.label": "Ma famille",
            "question.help.option.nobody.label": "Personne",
        },
    )
    assert answer.status_code == 302
    assert 'msgstr "Qui vous aide ?"' in files(draft)["locale/fr.po"]
    assert "Nothing is left here" in ada.get(f"{texts}?show=missing").content.decode()
    # The examples of the starter know nothing of the new page, so the check keeps it from being a version.
    assert ada.post(f"{where}/version")["Location"] == where
    assert not Version.objects.exists()
    save(ada, f"{where}/edit/pages/help", **{"pages/help/only_if": "birth_year > 2000"})
    made = ada.post(f"{where}/version")
    assert made["Location"] != where, ada.get(where).content.decode().split("<h2>Pages")[0][-3000:]
    version = Version.objects.get()
    assert made["Location"] == f"/assessments/versions/{version.pk}"
    assert (version.package, version.state) == ("our-grant", "draft")
    assert version.writers == [get_user_model().objects.get().pk]
    draft.refresh_from_db()
    assert Entry.objects.filter(act="assessments.change_draft").count() == draft.number - 1


def test_a_changed_word_is_a_changed_line_and_saving_without_a_change_changes_nothing(ada: Client):
    draft, where = begin(ada)
    before = files(draft)
    for element in (
        "about",
        "pages/home",
        "pages/needs",
        "outcomes/can_get_it",
        "parameters/grant_age",
        "decisions/grant",
    ):
        save(ada, f"{where}/edit/{element}")
    assert files(draft) == before
    save(ada, f"{where}/edit/pages/home", **{f"{HOME}/question/options/own/label": "I own it"})
    assert diff(before["service.yaml"], files(draft)["service.yaml"]) == [
        '-         - {id: own, label: "I do"}',
        '+         - {id: own, label: "I own it"}',
    ]


def test_of_two_who_write_at_once_the_second_is_told_and_sees_both(ada: Client):
    draft, where = begin(ada)
    page, avi = f"{where}/edit/pages/home", person("Avi")
    hers, his = read_form(ada, page), read_form(avi, page)
    title = f"{HOME}/question/title"
    assert ada.post(page, hers | {title: "Whose home is it?"}).status_code == 302
    refused = avi.post(page, his | {title: "Who has the home?"})
    assert refused.status_code == 409
    shown = refused.content.decode()
    assert "Whose home is it?" in shown
    assert "Who has the home?" in shown
    assert "Whose home is it?" in files(draft)["service.yaml"]
    again = re.search(r'name="number" value="(\d+)"', shown)
    assert again is not None
    assert avi.post(page, his | {title: "Who has the home?", "number": again[1]}).status_code == 302
    assert "Who has the home?" in files(draft)["service.yaml"]


def test_a_value_gets_a_second_one_from_a_day_on_and_a_route_is_added_and_taken_away(ada: Client):
    draft, where = begin(ada)
    path = "parameters/grant_age/values/0"
    save(ada, f"{where}/edit/parameters/grant_age", **{f"{path}/from": "2027-01-01", f"{path}/value": "67"})
    assert "values: [{value: 65}, {from: 2027-01-01, value: 67}]" in files(draft)["service.yaml"].replace(
        '"2027-01-01"', "2027-01-01"
    )
    before = files(draft)["service.yaml"]
    routes = "pages/birth_year/routes"
    page = f"{where}/edit/pages/birth_year"
    save(ada, page, **{f"{routes}/0/to": "next"})
    assert "routes:" in diff(before, files(draft)["service.yaml"])[-1] or "to: next" in files(draft)["service.yaml"]
    save(ada, page, **{f"{routes}/0/to": ""})
    assert files(draft)["service.yaml"].count("routes:") == before.count("routes:")


def test_what_is_wrong_is_saved_and_told_beside_its_element(ada: Client):
    where = begin(ada)[1]
    page = f"{where}/edit/pages/agreed"
    save(ada, page, **{"pages/agreed/only_if": 'home == "rented'})
    shown = ada.get(page).content.decode()
    assert "tag-red" in shown
    assert "tag-red" not in ada.get(f"{where}/edit/pages/home").content.decode()
    assert ada.get(where).status_code == 200
    assert ada.get(f"{where}/flow.svg").status_code == 404
    assert "Make it a version" not in ada.get(where).content.decode()


def test_a_stale_translation_is_shown_with_the_source_that_it_was_made_of(ada: Client):
    draft, where = begin(ada)
    save(ada, f"{where}/edit/outcomes/not_now", **{"outcomes/not_now/title": "Not yet"})
    stale = f"{where}/texts/fr?show=stale"
    shown = ada.get(stale).content.decode()
    assert "You cannot get the grant now" in shown
    assert ada.post(stale, read_form(ada, stale) | {"seen:outcome.not_now.title": "on"}).status_code == 302
    assert "Nothing is left here" in ada.get(stale).content.decode()
    assert 'msgid "Not yet"' in files(draft)["locale/fr.po"]


def test_nobody_writes_outside_the_form_or_above_its_limits(ada: Client):
    draft, where = begin(ada)
    before = files(draft)
    page = f"{where}/edit/pages/home"
    ada.post(page, read_form(ada, page) | {"id": "x", "pages/needs/question/title": "Mine", "../x": "y"})
    assert files(draft) == before
    assert ada.post(page, read_form(ada, page) | {f"{HOME}/question/title": "x" * 5000}).status_code == 422
    for bad in ("remove:tests/x", "remove:entitlements", "up:", "add:tests", "add:x/rules", "remove:pages/none", "x"):
        ada.post(page, read_form(ada, page) | {"act": bad})
        ada.post(where, {"number": str(draft.number), "act": bad})
    assert files(draft)["service.yaml"] == before["service.yaml"]
    for bad in ("pages/none", "pages", "x/y", "decisions/../x", "about/x"):
        assert ada.get(f"{where}/edit/{bad}").status_code == 404, bad
    assert ada.get(f"{where}/texts/xx").status_code == 404
    for name in ("../x", "A", ""):
        assert ada.post("/assessments/drafts", {"name": name, "starter": "questions"}).status_code == 422, name


def test_a_draft_goes_on_from_a_version_and_can_be_taken_and_dropped(ada: Client):
    version = keep_version()
    where = ada.post(f"/assessments/versions/{version.pk}/write")["Location"]
    draft = Draft.objects.get()
    assert draft.based_on == version
    assert ada.get(f"{where}/package.zip").content == bytes(version.archive)
    assert "Should you stay home?" in ada.get(f"{where}/yaml").content.decode()
    save(ada, f"{where}/edit/about", version="1.1.0")
    assert ada.post(where, {"number": "2", "act": "up:outcomes/go"}).status_code == 302
    order = files(draft)["service.yaml"]
    assert order.index("id: go") < order.index("id: stay")
    assert ada.post(f"{where}/version").status_code == 302
    assert Version.objects.filter(version="1.1.0").exists()
    ada.post(f"{where}/drop")
    assert not Draft.objects.exists()


def test_the_tables_are_those_of_the_models(office: Office):  # noqa: F811
    with office.at_site("desk"):
        call_command("makemigrations", "assessments", check=True, dry_run=True, verbosity=0)


def test_a_box_that_was_not_changed_changes_nothing():
    tree = {"a": {"x": True, "y": ["own", "rented"], "z": "text\n"}}
    boxes = [make_box(tree, ("a", key), key, Kind.VALUE) for key in "xyz"]
    assert apply_boxes(tree, boxes, {box.name: box.shown for box in boxes}) == tree
    assert apply_boxes(tree, boxes, {box.name: "" for box in boxes[:1]} | {"a/y": "own", "a/z": "text"}) == {
        "a": {"y": "own", "z": "text\n"}
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5), ("-3", -3), ("true", True), ("1e5", "1e5"), (">= 65", ">= 65"), ("[0..4]", "[0..4]"), ("-", "-")],
)
def test_what_is_written_in_a_cell_is_a_number_only_where_it_looks_like_one(text: str, value: object):
    assert read_scalar(text) == value
    assert Box(("x",), "x").name == "x"
