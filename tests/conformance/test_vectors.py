"""Others' vectors come out as their folder expects, but for those in `known_wrong.toml`."""

import os
import tomllib
from pathlib import Path

import pytest
from tests.conformance.outcome import Judgement
from tests.conformance.runner import HERE, find_adapters, judge, read_cases

FOLDER = Path(os.environ.get("VECTORS_DIR") or HERE.parents[1] / ".." / "shared" / "vectors").resolve()
KNOWN_WRONG: dict[str, str] = tomllib.loads((HERE / "known_wrong.toml").read_text())

REQUIRED_KINDS = (
    "anchor",
    "archive",
    "archive-encryption",
    "asic",
    "asic-crypto",
    "asic-structure",
    "cert",
    "cert-chain",
    "cert-profile",
    "certpath",
    "conf-part",
    "globalconf-behaviour",
    "globalconf-build",
    "globalconf-dir",
    "globalconf-locations",
    "globalconf-signed",
    "hashchain",
    "hashchain-builder",
    "identifier",
    "keyconf",
    "keystore",
    "metaservice",
    "mime",
    "ocsp",
    "ocsp-recipe",
    "openapi",
    "opmon",
    "proxy-e2e",
    "request-hash-pair",
    "rest-e2e",
    "rest-message",
    "signature-format",
    "soap",
    "soap-request-hash",
    "timestamp",
    "transport",
    "wsdl",
    "xades",
    "xades-crypto",
)

needs_vectors = pytest.mark.skipif(
    not (FOLDER / "vectors.json").is_file(), reason=f"no vectors in {FOLDER}; name their folder in VECTORS_DIR"
)


def judge_kind(kind: str) -> list[Judgement]:
    return list(judge(read_cases(FOLDER, kinds=[kind]), root=FOLDER, adapters=find_adapters()))


@needs_vectors
@pytest.mark.parametrize("kind", REQUIRED_KINDS)
def test_every_vector_of_a_required_kind_comes_out_as_expected(kind: str) -> None:
    judgements = judge_kind(kind)
    wrong = {each.vector.id: each.reason for each in judgements if each.verdict != "right"}
    known = {each.vector.id for each in judgements} & set(KNOWN_WRONG)
    assert wrong.keys() - known == set(), {name: wrong[name] for name in wrong.keys() - known}
    assert known - wrong.keys() == set(), "these come out right; take them off known_wrong.toml"


@needs_vectors
def test_no_kind_is_left_out() -> None:
    assert {case.vector.kind for case in read_cases(FOLDER)} <= set(REQUIRED_KINDS)


@needs_vectors
def test_the_list_of_known_wrong_names_only_vectors_that_exist() -> None:
    assert set(KNOWN_WRONG) <= {case.vector.id for case in read_cases(FOLDER)}


def test_each_known_wrong_vector_has_a_reason() -> None:
    assert all(isinstance(reason, str) and len(reason.split()) > 2 for reason in KNOWN_WRONG.values())
