"""The runner tells right from wrong by the folder's expectations alone."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.conformance import runner
from tests.conformance.outcome import Outcome, Vector, compare, failed, judge_cases, skip, valid
from tests.conformance.runner import HERE, main

VECTOR = Vector(id="a", kind="k", files=())

IDENTIFIER = (
    '<c id:objectType="MEMBER" xmlns:id="http://x-road.eu/xsd/identifiers"><id:xRoadInstance>EE</id:xRoadInstance>'
    "<id:memberClass>GOV</id:memberClass><id:memberCode>1</id:memberCode></c>"
)


def verdict(expect: dict[str, Any], outcome: Outcome) -> str:
    return compare(VECTOR, expect, outcome).verdict


@pytest.mark.parametrize(
    ("expect", "outcome", "expected"),
    [
        ({"result": "valid"}, valid({"more": 1}), "right"),
        ({"result": "valid", "values": {"a": [1, {"b": 2}]}}, valid({"a": (1, {"b": 2})}), "right"),
        ({"result": "valid", "values": {"a": None}}, valid({}), "wrong"),
        ({"result": "valid", "values": {"a": 1}}, valid({"a": 2}), "wrong"),
        ({"result": "valid", "values": {"a": 3}}, valid({"a": lambda expected: expected == 3}), "right"),
        ({"result": "valid", "mime": [1]}, valid(mime=(1,)), "right"),
        ({"result": "valid", "mime": [1]}, valid(mime=[2]), "wrong"),
        ({"result": "valid"}, valid(mime=[2]), "right"),
        ({"result": "valid"}, failed("invalid_xml"), "wrong"),
        ({"result": "error", "codes": {"7.8": "invalid_xml"}}, failed("invalid_xml"), "right"),
        ({"result": "error", "codes": {"7.8": "invalid_xml"}}, failed("invalid_soap"), "wrong"),
        ({"result": "error", "codes": {"7.8": "invalid_xml"}}, valid(), "wrong"),
        ({"result": "error"}, failed("whatever"), "right"),
        ({"result": "fault", "fault_code": {"7.8": "a.b"}}, failed("a.b", result="fault"), "right"),
        ({"result": "fault", "fault_code": {"7.8": "a.b"}}, failed("b", result="fault"), "wrong"),
        ({"result": "see file"}, judge_cases([]), "right"),
        ({"result": "see file"}, judge_cases(["case one differs"]), "wrong"),
        ({"result": "valid"}, skip("needs a signer"), "skipped"),
    ],
)
def test_right_is_the_same_result_code_and_values(expect: dict[str, Any], outcome: Outcome, expected: str) -> None:
    assert verdict(expect, outcome) == expected


def write_folder(root: Path, *, code: str) -> Path:
    (root / "good.xml").write_text(IDENTIFIER)
    (root / "bad.xml").write_text("<c/>")
    values = {"string": "MEMBER:EE/GOV/1"}
    entries = [
        {"id": "one", "kind": "identifier", "files": ["good.xml"], "expect": {"result": "valid", "values": values}},
        {
            "id": "two",
            "kind": "identifier",
            "files": ["bad.xml"],
            "expect": {"result": "error", "codes": {"7.8": code}},
        },
        {"id": "three", "kind": "unheard-of", "files": [], "expect": {"result": "valid"}, "context": {}},
    ]
    (root / "vectors.json").write_text(json.dumps(entries))
    return root


def test_a_folder_of_any_origin_runs_and_its_sums_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(write_folder(tmp_path, code="invalid_xml"))]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "SKIPPED unheard-of three: no adapter for this kind",
        "identifier: 2/2 (SKIPPED 0)",
        "unheard-of: 0/1 (SKIPPED 1)",
        "all: 2/3 (SKIPPED 1)",
    ]


def test_a_wrong_vector_is_named_with_what_differs_and_the_run_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(write_folder(tmp_path, code="invalid_soap")), "--kinds", "identifier"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "WRONG identifier two: code is invalid_xml, expected invalid_soap",
        "identifier: 1/2 (SKIPPED 0)",
        "all: 1/2 (SKIPPED 0)",
    ]


def test_a_kind_that_the_folder_lacks_has_no_vector_beside_one_that_it_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(write_folder(tmp_path, code="invalid_xml")), "--kinds", "xades,identifier"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "identifier: 2/2 (SKIPPED 0)",
        "xades: 0/0 (SKIPPED 0)",
        "all: 2/2 (SKIPPED 0)",
    ]


def test_kinds_of_which_the_folder_has_none_are_misuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(write_folder(tmp_path, code="invalid_xml")), "--kinds", "xades"]) == 2
    assert "identifier" in capsys.readouterr().err


def test_a_folder_without_vectors_is_misuse(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 2


def test_an_adapter_that_breaks_makes_its_vector_wrong_and_no_other(tmp_path: Path) -> None:
    def break_down(vector: Vector, root: Path) -> Outcome:
        raise KeyError(vector.id)

    cases = runner.read_cases(write_folder(tmp_path, code="invalid_xml"))
    adapters = {**runner.find_adapters(), "unheard-of": break_down}
    judgements = list(runner.judge(cases, root=tmp_path, adapters=adapters))
    assert [each.verdict for each in judgements] == ["right", "right", "wrong"]


def test_the_script_takes_the_folder_and_the_kinds(tmp_path: Path) -> None:
    script = HERE.parents[1] / "scripts" / "vectors"
    folder = write_folder(tmp_path, code="invalid_xml")
    done = subprocess.run(
        [script, folder, "--kinds", "identifier"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "all: 2/2 (SKIPPED 0)")
    assert subprocess.run([script, ""], capture_output=True, check=False, timeout=60).returncode == 2
