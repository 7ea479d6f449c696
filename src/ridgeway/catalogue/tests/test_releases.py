"""An adopter of a real sequence of releases: how often it must decide in the first two updates."""

import importlib.util
import sys
from pathlib import Path

import pytest

from ridgeway.catalogue.overlays.merging import Severity, Why
from ridgeway.services import installed

REPLAY = Path(__file__).parents[4] / "benchmarks/catalogue_releases.py"
pytestmark = [
    pytest.mark.skipif("assessments" not in installed(), reason="the assessments service is not here"),
    pytest.mark.skipif(not REPLAY.exists(), reason="the releases lie in the repository alone"),
]


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    """The first two updates, replayed as the benchmark does."""
    spec = importlib.util.spec_from_file_location("catalogue_releases", REPLAY)
    assert spec is not None
    assert spec.loader is not None
    replaying = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = replaying
    spec.loader.exec_module(replaying)
    return replaying.replay(tmp_path_factory.mktemp("replay") / "ours", replaying.VERSIONS[:3])


def test_seven_more_questions_need_no_decision(steps):
    first = steps[0]
    assert (first.conflicts, first.mended, first.dropped) == ([], [], [])
    assert first.to_look_at == ["service/pages/emergency"]
    assert 0 < first.anew < first.texts


def test_a_release_without_the_score_asks_of_each_rule_that_has_lost_its_place(steps):
    second = steps[1]
    assert {conflict.place: conflict.why for conflict in second.conflicts} == {
        "service/pages/health_worker/routes": Why.GONE,
        "service/facts/points/weights/taste": Why.GONE,
        "service/decisions/who/rules/at_risk/then/threshold": Why.GONE,
    }
    assert {conflict.severity for conflict in second.conflicts} == {Severity.CONTENT}
    assert second.mended == ["outcome after_contact is reached by nobody: taken away"]
    assert all("/tests/" in place for place in second.dropped)
    assert second.to_look_at == ["service/decisions/advice"]


def test_text_merges_of_the_same_files_conflict_more_often(steps):
    for step in steps:
        assert step.hunks_in_place > 3 * step.decisions
