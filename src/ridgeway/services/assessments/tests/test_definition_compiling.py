"""The compiled document: canonical, typed, whole, and the same for the same package."""

import json
from pathlib import Path

import pytest

from ridgeway.services.assessments.definition import (
    PackageError,
    compile_package,
    pack_package,
    read_package,
    read_packed,
    render_canonical,
)
from ridgeway.services.assessments.definition.kinds import QuestionType
from ridgeway.services.assessments.definition.patterns import IDENTIFIERS
from ridgeway.services.assessments.tests.written import SMALL, change, read

EXAMPLES = Path(__file__).parent / "examples"
SAMPLES = Path(__file__).parents[1] / "packages"


@pytest.fixture(scope="module")
def everything():
    """The compiled example that uses every part of the format."""
    return compile_package(read_package(EXAMPLES / "everything"))


def holds_float(value) -> bool:
    """Whether a number with a fraction is anywhere in it."""
    if isinstance(value, dict):
        return any(holds_float(each) for each in value.values()) or not all(isinstance(key, str) for key in value)
    if isinstance(value, list):
        return any(holds_float(each) for each in value)
    return isinstance(value, float)


def test_the_document_is_canonical_json(everything):
    data = render_canonical(everything)
    assert json.loads(data) == everything
    assert render_canonical(json.loads(data)) == data
    assert not holds_float(everything)
    assert data == json.dumps(everything, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def test_a_zip_of_a_folder_compiles_to_the_same(everything):
    package = read_package(EXAMPLES / "everything")
    packed = read_packed(pack_package(package), "everything.zip")
    assert packed.digest == package.digest == everything["digest"]
    assert compile_package(packed) == everything
    assert pack_package(packed) == pack_package(package)


def test_every_type_of_question_is_compiled(everything):
    questions = {each["id"]: each for page in everything["pages"] for each in page["questions"]}
    assert {each["type"] for each in questions.values()} == {str(kind) for kind in QuestionType}
    assert questions["rent"] == {
        "id": "rent",
        "type": "money",
        "optional": False,
        "unknown": False,
        "personal": False,
        "bullets": 0,
        "has": ["title"],
        "min": "0",
        "max": "20000000000",
        "decimals": 2,
        "prefix": None,
        "currency": "CAD",
    }
    assert questions["contact_date"]["max"] == ["today"]
    assert questions["contact_date"]["min"][:2] == ["call", "add_days"]
    assert questions["card"]["pattern"] == IDENTIFIERS["on_health_card"]
    assert questions["urgent"]["bullets"] == 3
    assert [each["id"] for each in questions["needs"]["options"] if each["exclusive"]] == ["anything"]


def test_the_page_that_asks_for_whom_comes_first(everything):
    first = everything["pages"][0]
    assert (first["id"], first["questions"][0]["type"], first["routes"]) == (
        "on_behalf",
        "yes_no",
        [{"when": None, "to": "next"}],
    )
    assert everything["texts"]["en"]["question.on_behalf.title"] == [["p", ["Are you answering for somebody else?"]]]
    assert "question.urgent.title@other" in everything["texts"]["en"]


def test_routes_name_what_they_lead_to(everything):
    routes = {page["id"]: [each["to"] for each in page["routes"]] for page in everything["pages"]}
    assert routes["urgent"] == ["outcome:call_for_help", "next"]
    assert routes["contact"] == ["page:rent_page", "next"]
    assert routes["check"] == ["decision:advice"]
    assert routes["needs"] == ["next"]


def test_facts_stand_behind_those_that_they_use(everything):
    names = [name for name, _ in everything["facts"]]
    assert names.index("score") < names.index("ill")
    assert names.index("risk") < names.index("ill")
    assert names.index("points") < names.index("help.level")
    assert dict(everything["facts"])["risk"] == ["decision", "risk"]
    assert dict(everything["facts"])["help.level"] == ["output", "help", "level"]


def test_decisions_give_what_they_declare(everything):
    decisions = everything["decisions"]
    assert decisions["risk"]["outputs"] == {"value": ["option", "risk"]}
    assert decisions["risk"]["default"] == {"value": "low"}
    assert decisions["points"]["rules"][1]["then"] == {"value": "500000"}
    assert decisions["help"]["outputs"] == {"level": "number", "urgent_help": "bool"}
    assert decisions["help"]["rules"][1]["then"] == {"level": "3000000", "urgent_help": True}
    assert decisions["finder"]["rules"][2]["then"] == ["meals"]
    assert decisions["advice"]["rules"][0]["then"] == "outcome:stay_home"
    assert decisions["advice"]["rules"][3]["until"] == "2027-04-30"


def test_parameters_are_exact_and_dated(everything):
    parameters = everything["parameters"]
    assert parameters["isolation_days"]["values"] == [["2026-10-01", "5000000"], ["2027-01-01", "7000000"]]
    assert parameters["allowance"]["values"] == [[None, "1200500000"]]
    assert parameters["opened"]["values"] == [[None, [20727, 20727]]]
    assert parameters["tests_offered"] == {
        "type": "bool",
        "values": [[None, True]],
        "source": None,
        "sources": [None],
        "unit": None,
    }
    assert parameters["allowance"]["source"] == "Rates 2026"


def test_a_text_has_its_placeholders_typed(everything):
    body = everything["texts"]["en"]["outcome.stay_home.body"]
    assert body[0][1][1] == [
        "plural",
        ["param", "isolation_days"],
        {"one": [["#"], " day"], "other": [["#"], " days"]},
    ]
    assert body[1][:2] == ["when", ["and", ["fact", "exposed"], ["param", "tests_offered"]]]
    assert body[2][2][0][1][1] == ["x", ["answer", "symptoms"], ["options", "symptoms"]]


def test_lists_are_in_every_language_that_has_them(everything):
    lists = everything["lists"]
    assert lists["districts"] == {
        "ids": ["north", "south", "west"],
        "labels": {
            "en": ["North", "South", "West, with the islands"],
            "fr": ["Nord", "Sud", "Ouest, avec les îles"],
        },
    }
    countries = lists["countries"]
    assert len(countries["ids"]) == len(set(countries["ids"])) > 240
    assert {code: labels[countries["ids"].index("DE")] for code, labels in countries["labels"].items()} == {
        "en": "Germany",
        "fr": "Allemagne",
        "ar": "ألمانيا",
    }
    assert "EU" not in countries["ids"]


def test_words_and_formats_are_there_in_every_language(everything):
    assert set(everything["words"]) == set(everything["formats"]) == {"en", "fr", "ar"}
    assert all(set(each) == set(everything["words"]["en"]) for each in everything["words"].values())
    assert everything["languages"][2] == {"code": "ar", "name": "العربية", "dir": "rtl"}


def test_what_is_not_named_by_a_question_is_left_out():
    package = read(others={"lists/unused.csv": "id,en\na,A\n"})
    assert compile_package(package)["lists"] == {}


def test_one_file_by_itself_compiles():
    compiled = compile_package(read_package(EXAMPLES / "winter-illness-check.yaml"))
    assert [page["id"] for page in compiled["pages"]] == [
        "on_behalf",
        *("urgent", "age", "symptoms", "contact", "contact_date"),
    ]
    assert compiled["decisions"]["advice"]["rules"][0]["tests"] == [
        ["eq", ["lit", "bool", True]],
        ["any"],
        ["any"],
    ]
    assert compiled["valid"] == {"from": "2026-10-01", "until": "2027-04-30", "after": "closed"}


@pytest.mark.parametrize("folder", sorted(each.name for each in SAMPLES.iterdir() if (each / "service.yaml").is_file()))
def test_the_packages_that_come_with_the_service_compile(folder):
    compiled = compile_package(read_package(SAMPLES / folder))
    assert compiled["id"] == folder
    assert len(render_canonical(compiled)) < 400_000


@pytest.mark.slow
def test_a_package_that_grows_too_large_is_refused():
    options = "".join(f"{{id: o{number}, label: '{'x' * 400}'}}, " for number in range(100))
    page = "  - id: p{0}\n    question: {{type: radios, title: 'x', options: [" + options.replace("{", "{{").replace(
        "}", "}}"
    )
    pages = "".join(f"{page.format(number)}]}}\n" for number in range(120))
    with pytest.raises(PackageError, match="bytes; 1048576 are the most"):
        compile_package(read(change("pages:\n", f"pages:\n{pages}", SMALL)))
