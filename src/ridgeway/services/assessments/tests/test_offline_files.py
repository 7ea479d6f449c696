"""What the private mode and the one file are made of: their sizes, their policies; hostile texts stay texts."""

import copy
import gzip
import json
import re
from typing import Any

import py_mini_racer
import pytest

from ridgeway.errors import SettingsError
from ridgeway.services.assessments.offline import join_modules, make_bundle, make_files, modules, render_theme
from ridgeway.services.assessments.offline.documents import name_digest, read_title, render_json
from ridgeway.services.assessments.offline.shrinking import shrink_script
from ridgeway.services.assessments.tests.sampled import load_sample

BASE = "/winter/private/"
KILOBYTE = 1024
MOST_ENGINE = 27 * KILOBYTE
MOST_APP = 32 * KILOBYTE
MOST_TOGETHER = 40 * KILOBYTE
MOST_STYLES = 10 * KILOBYTE


def weigh(content: str | bytes) -> int:
    """Bytes once compressed."""
    return len(gzip.compress(content.encode() if isinstance(content, str) else content, mtime=0))


def change(name: str) -> dict[str, Any]:
    """A sample's document that may be changed."""
    return copy.deepcopy(dict(load_sample(name).compiled))


@pytest.mark.parametrize("name", ["energy-rebate-check", "respiratory-check-2020", "spending-triage"])
def test_the_browser_s_engine_with_a_definition_is_small(name: str) -> None:
    engine = weigh(join_modules("engine/engine.js", name="engine"))
    definition = weigh(render_json(load_sample(name).compiled))
    assert engine <= MOST_ENGINE
    assert engine + definition <= MOST_TOGETHER


def test_the_scripts_and_the_sheet_of_the_private_mode_are_small() -> None:
    files = make_files(load_sample("energy-rebate-check").compiled, base=BASE)
    sizes = {name.split("-")[0]: len(file.packed) for name, file in files.items()}
    assert sizes["app"] <= MOST_APP
    assert sizes["styles"] <= MOST_STYLES
    assert sizes[""] <= 2 * KILOBYTE


def test_the_same_definition_gives_the_same_files_and_another_one_gives_others() -> None:
    compiled = change("energy-rebate-check")
    files = make_files(compiled, base=BASE)
    assert files == make_files(change("energy-rebate-check"), base=BASE)
    compiled["texts"]["en"]["start.title"] = [["p", ["Another title"]]]
    others = make_files(compiled, base=BASE)
    assert {name for name in files if name.startswith("definition")}.isdisjoint(others)
    assert files["worker.js"].body != others["worker.js"].body


def test_the_worker_keeps_every_file_that_the_page_names() -> None:
    files = make_files(load_sample("energy-rebate-check").compiled, base=BASE)
    page, worker = files[""].body.decode(), files["worker.js"].body.decode()
    named = set(re.findall(rf'(?:href|src|data-definition)="({BASE}[^"]+)"', page))
    assert named
    assert all(name in worker for name in named)
    assert all(name.removeprefix(BASE) in files for name in named)


def test_the_page_may_send_no_form_and_its_definition_is_proven_by_its_digest() -> None:
    compiled = load_sample("energy-rebate-check").compiled
    files = make_files(compiled, base=BASE)
    assert "form-action 'none'" in files[""].policy
    assert "connect-src 'self'" in files[""].policy
    definition = next(file for name, file in files.items() if name.startswith("definition"))
    assert f'data-integrity="{name_digest(definition.body)}"' in files[""].body.decode()
    said = json.loads(definition.body)
    assert {**said, "words": None} == {**json.loads(json.dumps(compiled)), "words": None}


def test_one_file_allows_its_own_script_and_sheet_alone() -> None:
    html = make_bundle(load_sample("energy-rebate-check").compiled).decode()
    policy = html.split('Content-Security-Policy" content="')[1].split('"')[0].replace("&#39;", "'")
    script = html.split("<script>")[1].split("</script>")[0]
    style = html.split("<style>")[1].split("</style>")[0]
    assert f"script-src '{name_digest(script)}'" in policy
    assert f"style-src '{name_digest(style)}'" in policy
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy
    assert not re.search(r'(?:src|href)="(?!data:|#)', html.split("</script>")[-1])


def test_texts_of_a_package_cannot_leave_their_place() -> None:
    compiled = change("energy-rebate-check")
    nasty = "</script><script>alert(1)</script><!--\u2028"
    compiled["texts"]["en"]["start.title"] = [["p", [nasty]]]
    compiled["publisher"] = {"name": nasty, "contact": None}
    compiled["theme"] = {"colours": {"brand": "red;}body{display:none", "link": "#123456", "x}y": "#ffffff"}}
    html = make_bundle(compiled).decode()
    assert html.count("<script>") == 1
    assert "alert(1)</script><!--" not in html
    assert "body{display" not in html.split("<style>")[1].split("</style>")[0]
    assert render_theme(compiled["theme"]).count("--color-") == 1
    assert json.loads(render_json(compiled))["texts"]["en"]["start.title"] == [["p", [nasty]]]


def test_a_title_is_read_without_marks_and_values() -> None:
    compiled = change("energy-rebate-check")
    nodes = [["p", ["For ", ["b", ["all"]], " of ", ["x", ["param", "year"], "number"]]]]
    compiled["texts"]["en"]["start.title"] = nodes
    assert read_title(compiled, "en") == "For all of …"
    compiled["texts"]["en"]["start.title"] = [["p", []]]
    assert read_title(compiled, "en") == compiled["id"]


SCRIPT = r"""
/* a comment with `marks` and "texts" */
const a = "/* no comment */", b = 'it\'s // none', c = /[/"'`]\/ x/g; // but this is
const d = `kept   space ${ [1, 2].map((x) => `in ${ x  +  1 }  .`).join(" ") }  \` $ {`;
function e(x) { return x / 2 / 1; }
let f = 1 - -1; let g = f + +1;
const h = { "in": 1 } ;
if ("in" in h) f = e(8) / 2; else f = 0
;const i = typeof /x/.test;
[a, b, c.source, d, f, g, i].join("|")
"""


def test_a_shrunk_script_does_the_same() -> None:
    with py_mini_racer.mini_racer() as context:
        assert context.eval(shrink_script(SCRIPT)) == context.eval(f"{{{SCRIPT}}}")
    assert "but this is" not in shrink_script(SCRIPT)
    assert "kept   space" in shrink_script(SCRIPT)


def test_modules_that_cannot_be_joined_are_refused(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nexport const a = b;\n')
    (tmp_path / "b.js").write_text('import { a } from "./a.js";\nexport const b = a;\n')
    (tmp_path / "c.js").write_text('import all from "./b.js";\n')
    monkeypatch.setattr(modules, "SCRIPTS", tmp_path)
    modules.read_module.cache_clear()
    with pytest.raises(SettingsError, match="imports itself"):
        join_modules("a.js")
    with pytest.raises(SettingsError, match="cannot be joined"):
        join_modules("c.js")
    modules.read_module.cache_clear()
