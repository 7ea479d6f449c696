"""The sample packages, each read, compiled and loaded once for all tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ridgeway.services.assessments.definition import Package, compile_package, read_package
from ridgeway.services.assessments.definition.shapes import Case
from ridgeway.services.assessments.engine.assessment import Assessment
from ridgeway.services.assessments.engine.loading import load
from ridgeway.services.assessments.engine.replay import Trail, replay
from ridgeway.services.assessments.engine.verifying import read_given

SERVICE = Path(__file__).parents[1]
PACKAGES = SERVICE / "packages"
NAMES = tuple(sorted(file.parent.name for file in PACKAGES.glob("*/service.yaml")))


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample package in all its forms."""

    package: Package
    compiled: Mapping[str, Any]
    assessment: Assessment

    def replay(self, answers: Mapping[str, Any], today: date) -> Trail:
        """The trail of these answers."""
        return replay(self.assessment, answers, today=today)

    def run_case(self, case: Case) -> Trail:
        """The trail of an example's answers on its day."""
        assert case.today is not None
        return self.replay(read_given(self.assessment, case.given), case.today)


@lru_cache
def load_sample(name: str) -> Sample:
    """The sample package of that name."""
    return make_sample(PACKAGES / name)


def make_sample(folder: Path) -> Sample:
    """The package in a folder, ready to run."""
    package = read_package(folder)
    compiled = compile_package(package)
    return Sample(package, compiled, load(compiled))


def as_json(value: Any) -> Any:
    """Answers of a case as JSON has them: tuples are lists there."""
    if isinstance(value, Mapping):
        return {key: as_json(each) for key, each in value.items()}
    return [as_json(each) for each in value] if isinstance(value, list | tuple) else value
