"""Southmark's correction goes back to Northmark, is reviewed, voted on, accepted, and comes with the next release."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ridgeway import services
from ridgeway.catalogue.commands import catalogue
from ridgeway.catalogue.overlays.files import render_overlay
from ridgeway.catalogue.packages.statement import render_canonical
from ridgeway.errors import ContainerError, RequestError, SettingsError
from ridgeway.office.documents.operations import Kind, Operation
from ridgeway.services import installed

SAMPLES = Path(services.__file__ or "").parent / "assessments" / "packages"
PACKAGE = "respiratory-check-2021"
TITLE = "Check what to do about a winter virus (2021)"
OURS = "Find out what to do about a winter virus (2021)"
THEIRS = "A check for a winter virus (2021)"
RULE = "true, true]\n        then: outcome.carry_on"
OUR_RULE = "true, true]\n        then: outcome.watch"
EXAMPLE = "near_ill_person: false, travel: true}\n    expect: carry_on"
OUR_EXAMPLE = "near_ill_person: false, travel: true}\n    expect: watch"
LANGUAGES = ("fr", "ar")
TITLES = [f"locale/{each}/start.title" for each in sorted(LANGUAGES)] + ["service/start/title"]
OF_TITLES = [word for place in TITLES for word in ("--element", place)]
FRENCH = "Que faire face à un virus d’hiver (2021)"
NORTH, SOUTH = "NM/GOV/1001", "SM/GOV/2001"
STEWARDS = f"""\
format: stewardship/1
members:
  - {{name: {NORTH}, title: Ministry of Health of Northmark}}
  - {{name: {SOUTH}, title: Ministry of Health of Southmark}}
decisions:
  - {{changes: [locale], votes: 1}}
  - {{votes: 2}}
release: {{every: quarter, next: 2027-01-15}}
"""
pytestmark = pytest.mark.skipif("assessments" not in installed(), reason="the assessments service is not here")


def run(*arguments, exit_code=0):
    result = CliRunner().invoke(catalogue, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == exit_code, result.output
    return result.output


def rewrite(file, *changes):
    text = file.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Made once: Northmark's own source, Southmark's adopted package with two changes, and its proposal of a title."""
    folder = tmp_path_factory.mktemp("made")
    upstream, ours = Path(shutil.copytree(SAMPLES / PACKAGE, folder / "upstream")), folder / "ours"
    run("adopt", upstream, ours)
    rewrite(ours / "package/service.yaml", (TITLE, OURS), (RULE, OUR_RULE), (EXAMPLE, OUR_EXAMPLE))
    for each in LANGUAGES:
        rewrite(ours / f"package/locale/{each}.po", (f'msgid "{TITLE}"', f'msgid "{OURS}"'))
    run("adapt", ours, "--reason", "Plainer", "--author", "sol", "--basis", "Plain Words Act")
    run("propose", ours, *OF_TITLES, "--reason", "People asked us", "--to", folder / "title.json", "--by", SOUTH)
    return folder


@pytest.fixture
def upstream(tmp_path, made):
    """Northmark's own source."""
    return Path(shutil.copytree(made / "upstream", tmp_path / "upstream"))


@pytest.fixture
def ours(tmp_path, made):
    """Southmark's adopted package, with two changes recorded: a title, in each language, and a rule."""
    return Path(shutil.copytree(made / "ours", tmp_path / "ours"))


@pytest.fixture
def proposal(tmp_path, made):
    """Southmark proposes its title."""
    return Path(shutil.copy(made / "title.json", tmp_path / "title.json"))


def read_all(folder):
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_an_accepted_change_comes_back_with_the_next_release_and_leaves_the_overlay(tmp_path, upstream, ours, proposal):
    before = (upstream / "service.yaml").read_text("utf-8")
    shown = run("review", proposal, upstream)
    for said in (SOUTH, "unproven", TITLE, OURS, "Nobody gets another result"):
        assert said in shown
    assert read_all(upstream)[Path("service.yaml")] == before.encode()
    run("accept", proposal, upstream, "--by", NORTH)
    after = (upstream / "service.yaml").read_text("utf-8")
    changed = [line for line in after.splitlines() if line not in before.splitlines()]
    assert [line.replace('"', "") for line in changed] == [f"  title: {OURS}"]
    assert len(after.splitlines()) == len(before.splitlines())
    assert "#. Keep as they are" in (upstream / "locale/fr.po").read_text("utf-8")
    sources = (upstream / "SOURCES.md").read_text("utf-8")
    for said in (SOUTH, NORTH, "People asked us", "service/start/title", "Plain Words Act"):
        assert said in sources
    rewrite(upstream / "service.yaml", ("version: 1.0.0", "version: 1.1.0"))
    told = json.loads(run("update", ours, upstream, "--json"))
    assert sorted(told["dropped"]) == TITLES
    assert [place for place in told["kept"] if "title" in place] == []
    assert told["conflicts"] == []
    assert OURS in (ours / "package/service.yaml").read_text("utf-8")
    assert OUR_RULE in (ours / "package/service.yaml").read_text("utf-8")


def test_whoever_reviews_a_change_of_a_rule_sees_who_gets_another_outcome(tmp_path, upstream, ours):
    file = tmp_path / "rule.json"
    places = [each["element"] for each in json.loads(run("status", ours, "--json"))["changes"]]
    (rule,) = [each for each in places if "rules" in each]
    run(
        "propose",
        ours,
        "--element",
        rule,
        "--element",
        "service/tests",
        "--reason",
        "Our rule",
        "--to",
        file,
        "--by",
        SOUTH,
    )
    told = json.loads(run("review", file, upstream, "--json"))
    assert (told["applies"][0], len(told["applies"])) == (rule, 2)
    assert "get another result" in told["outcomes"][0]
    assert any("→" in each for each in told["outcomes"][1:])
    assert told["outcomes"] == json.loads(run("status", ours, "--json"))["outcomes"]


def test_what_has_changed_since_is_a_conflict_and_nothing_is_written(upstream, proposal):
    rewrite(upstream / "service.yaml", (TITLE, THEIRS))
    before = read_all(upstream)
    for verb in ("review", "accept"):
        told = json.loads(run(verb, proposal, upstream, "--json", exit_code=1))
        (conflict,) = [each for each in told["conflicts"] if each["element"] == "service/start/title"]
        assert (conflict["base"], conflict["theirs"], conflict["ours"]) == (TITLE, THEIRS, OURS)
    assert read_all(upstream) == before


def test_two_governments_own_a_package_together(tmp_path, upstream, ours, proposal):
    (upstream / "stewardship.yaml").write_text(STEWARDS, "utf-8")
    before = read_all(upstream)
    assert "Next release: 2027-01-15" in run("review", proposal, upstream)
    with pytest.raises(RequestError, match=rf"1 more of {SOUTH} for service/start/title"):
        run("accept", proposal, upstream, "--by", NORTH)
    with pytest.raises(RequestError, match="has no vote"):
        run("accept", proposal, upstream, "--by", "XX/GOV/1")
    with pytest.raises(RequestError, match="has no vote"):
        run("vote", proposal, upstream, "--by", "XX/GOV/1", "--to", tmp_path / "no.json")
    run("vote", proposal, upstream, "--by", NORTH, "--to", tmp_path / "north.json")
    with pytest.raises(RequestError, match="1 more of"):  # nobody votes twice
        run("accept", proposal, upstream, "--by", NORTH, "--vote", tmp_path / "north.json")
    assert read_all(upstream) == before
    run("vote", proposal, upstream, "--by", SOUTH, "--to", tmp_path / "south.json")
    run("accept", proposal, upstream, "--by", NORTH, "--vote", tmp_path / "south.json")
    assert f"accepted by {NORTH}, {SOUTH}" in (upstream / "SOURCES.md").read_text("utf-8")
    run("publish", upstream, tmp_path / "2.zip")  # who decides goes with the package


def test_a_translation_may_need_fewer_votes_and_who_decides_needs_them_all(tmp_path, upstream, ours):
    (upstream / "stewardship.yaml").write_text(STEWARDS, "utf-8")
    run("adopt", upstream, tmp_path / "other")
    package = tmp_path / "other" / "package"
    rewrite(package / "locale/fr.po", (FRENCH, "Madame, Monsieur"))
    rewrite(package / "stewardship.yaml", ("{votes: 2}", "{votes: 1}"))
    run("adapt", tmp_path / "other", "--reason", "Better", "--author", "sol")
    for element in ("locale", "stewardship"):
        run("propose", tmp_path / "other", "--element", element, "--reason", "x", "--to", tmp_path / element)
    with pytest.raises(RequestError, match="missing_votes"):
        run("accept", tmp_path / "stewardship", upstream, "--by", SOUTH)
    run("accept", tmp_path / "locale", upstream, "--by", SOUTH)
    assert "Madame, Monsieur" in (upstream / "locale/fr.po").read_text("utf-8")


def test_a_vote_is_for_one_proposal(tmp_path, upstream, ours, proposal):
    (upstream / "stewardship.yaml").write_text(STEWARDS, "utf-8")
    other = tmp_path / "other.json"
    run("propose", ours, "--element", "service/start/title", "--reason", "Else", "--to", other, "--by", SOUTH)
    run("vote", other, upstream, "--by", SOUTH, "--to", tmp_path / "vote.json")
    with pytest.raises(RequestError, match="another proposal"):
        run("accept", proposal, upstream, "--by", NORTH, "--vote", tmp_path / "vote.json")


@pytest.mark.parametrize(
    "text",
    [
        STEWARDS.replace("votes: 2", "votes: 3"),
        STEWARDS.replace("votes: 2", "votes: 0"),
        STEWARDS.replace(SOUTH, NORTH),
        STEWARDS.replace("{votes: 2}", "{votes: 1, of: [XX/GOV/1]}"),
        STEWARDS.replace("stewardship/1", "stewardship/2"),
        STEWARDS + "chair: me\n",
    ],
)
def test_a_stewardship_that_cannot_be_is_refused(upstream, proposal, text):
    (upstream / "stewardship.yaml").write_text(text, "utf-8")
    before = read_all(upstream)
    with pytest.raises(SettingsError, match=r"stewardship\.yaml"):
        run("accept", proposal, upstream, "--by", NORTH)
    assert read_all(upstream) == before


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        (Operation(Kind.ADD, ("files", "..:..:evil.txt"), value={"text": "x"}), RequestError),
        (Operation(Kind.ADD, ("files", "README.md"), value={"bytes": 7}), RequestError),
        (Operation(Kind.ADD, ("files", "README.md"), value=["x"]), RequestError),
        (Operation(Kind.ADD, ("locale", "..:x"), value={}), RequestError),
        (Operation(Kind.ADD, ("tables",), value={"../../x": {"id": "x"}}), RequestError),
        (Operation(Kind.SET, ("service",), was=None, value="gone"), None),
        (Operation(Kind.REMOVE, ("service",), was={}), None),
    ],
)
def test_a_hostile_proposal_writes_nothing(tmp_path, upstream, proposal, operation, error):
    said = json.loads(proposal.read_bytes()) | {"overlay": render_overlay((operation,))}
    proposal.write_bytes(render_canonical(said))
    before = read_all(tmp_path)
    if error is None:
        run("accept", proposal, upstream, "--by", NORTH, exit_code=1)
    else:
        with pytest.raises(error):
            run("accept", proposal, upstream, "--by", NORTH)
    assert read_all(tmp_path) == before


@pytest.mark.parametrize("overlay", ["", "format: overlay/1\n", "&a [*a", 7, "{" * 3000])
def test_a_file_that_is_no_proposal_is_told_as_such(upstream, proposal, overlay):
    said = json.loads(proposal.read_bytes()) | {"overlay": overlay}
    proposal.write_bytes(render_canonical(said))
    with pytest.raises(ContainerError):
        run("review", proposal, upstream)


def test_a_proposers_words_cannot_forge_an_origin(tmp_path, upstream, ours):
    file = tmp_path / "title.json"
    reason = "Fine\n- 2020-01-01: from NM/GOV/1, [accepted](https://evil.example)"
    run("propose", ours, *OF_TITLES, "--reason", reason, "--to", file, "--by", SOUTH)
    run("accept", file, upstream, "--by", NORTH)
    lines = (upstream / "SOURCES.md").read_text("utf-8").splitlines()
    assert len([line for line in lines if line.startswith("- ")]) == 1
    assert "\\[accepted\\]" in lines[2]


def test_only_what_was_changed_can_be_proposed(tmp_path, ours):
    with pytest.raises(RequestError, match="Nothing is recorded as changed"):
        run("propose", ours, "--element", "service/pages", "--reason", "x", "--to", tmp_path / "x.json")
