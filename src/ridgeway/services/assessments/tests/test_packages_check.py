"""What the check says of the samples, of the starter and of the tutorial's package: nothing that has to be mended."""

from datetime import date
from pathlib import Path

import pytest

from ridgeway.services.assessments.checks import check_package
from ridgeway.services.assessments.operating.samples import begin_package
from ridgeway.services.assessments.tests.sampled import NAMES, Sample, load_sample, make_sample

NOW = date(2026, 11, 24)
TOO_MANY_PATHS = {"help-with-living-costs": ["walk-cut-short"]}
"""Six needs and sixteen kinds of help have more paths than are walked; tables and cases are looked at all the same."""


def list_codes(sample: Sample) -> list[str]:
    """The codes of what was found."""
    return [str(each.code) for each in check_package(sample.package, dict(sample.compiled), today=NOW)]


@pytest.mark.parametrize("name", NAMES)
def test_the_check_finds_nothing_to_mend_in_the_samples(name: str) -> None:
    assert list_codes(load_sample(name)) == TOO_MANY_PATHS.get(name, [])


def test_the_check_finds_nothing_to_mend_in_the_starter(tmp_path: Path) -> None:
    assert list_codes(make_sample(begin_package(tmp_path / "home-safety", "home-safety", "questions"))) == []
