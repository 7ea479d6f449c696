"""The vectors of others, run through the same adapters as `scripts/vectors` does."""

import os
from pathlib import Path

import pytest
from tests.conformance import kinds_globalconf
from tests.conformance.runner import FolderError, judge, read_cases

ROOT = Path(os.environ.get("VECTORS_DIR", Path(__file__).parents[6] / "shared" / "vectors"))
KINDS = [
    "anchor",
    "conf-part",
    "globalconf-behaviour",
    "globalconf-build",
    "globalconf-dir",
    "globalconf-locations",
    "globalconf-signed",
]
ADAPTERS = {kind: getattr(kinds_globalconf, "check_" + kind.replace("-", "_")) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_every_vector_of_the_kind_gives_its_expected_outcome(kind):
    try:
        cases = read_cases(ROOT, kinds=[kind])
    except FolderError:
        pytest.skip(f"no vectors of kind {kind} in VECTORS_DIR")
    judgements = list(judge(cases, root=ROOT, adapters=ADAPTERS))
    assert [(each.vector.id, each.reason) for each in judgements if each.verdict != "right"] == []
