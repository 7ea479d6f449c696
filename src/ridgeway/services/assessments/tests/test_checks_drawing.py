"""Drawings: well-formed, readable by ear, safe with hostile texts, in any direction."""

from xml.etree import ElementTree as ET

import pytest

from ridgeway.services.assessments.checks import (
    draw_flow,
    render_dot,
    render_mermaid,
    render_outline,
    render_plain_outline,
)
from ridgeway.services.assessments.checks.graph import make_graph
from ridgeway.services.assessments.checks.layering import find_layers
from ridgeway.services.assessments.definition import compile_package
from ridgeway.services.assessments.tests.sampled import NAMES, load_sample
from ridgeway.services.assessments.tests.written import SMALL, read

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"><script>alert(1)</script>'


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_is_drawn_with_every_node_and_way_in_every_language(name):
    compiled = dict(load_sample(name).compiled)
    for language in (each["code"] for each in compiled["languages"]):
        graph = make_graph(compiled, language)
        root = ET.fromstring(draw_flow(compiled, language))
        groups = root.findall(f"{SVG}g")
        assert len(groups) == len(graph.nodes)
        assert [each.findtext(f"{SVG}title") for each in groups] == [each.title for each in graph.nodes]
        assert len(root.findall(f"{SVG}path")) == len(graph.arrows)
        assert root.get("direction") == graph.direction
        assert root.findtext(f"{SVG}title") == graph.title
        assert root.get("role") == "img"


def test_boxes_do_not_lie_on_one_another():
    root = ET.fromstring(draw_flow(dict(load_sample("respiratory-check-2020").compiled), "en"))
    boxes = [
        tuple(float(each.get(key, "0")) for key in ("x", "y", "width", "height"))
        for each in root.findall(f"{SVG}g/{SVG}rect")
    ]

    for at, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[at + 1 :]:
            apart = (
                x + width <= other_x
                or other_x + other_width <= x
                or y + height <= other_y
                or other_y + other_height <= y
            )
            assert apart


def test_nothing_in_a_drawing_needs_a_style_or_a_script_and_hostile_texts_stay_texts():
    compiled = compile_package(read(SMALL))
    compiled["texts"]["en"]["question.urgent.title"] = [["p", [HOSTILE]]]

    for drawn in (draw_flow(compiled, "en"), render_outline(compiled, "en")):
        assert "<script" not in drawn
        assert " style=" not in drawn
        ET.fromstring(drawn)
    assert '"><' not in render_mermaid(compiled, "en")
    assert '\\"><script>' in render_dot(compiled, "en")


def test_a_way_is_stressed_by_its_weight_not_by_colour_alone():
    compiled = compile_package(read(SMALL))

    plain, stressed = (draw_flow(compiled, "en", path=path) for path in ((), ("page:urgent", "outcome:call")))

    assert plain.count('stroke-width="4"') == 0
    assert stressed.count('stroke-width="4"') == 1


def test_the_outline_says_who_goes_where():
    assert render_plain_outline(compile_package(read(SMALL)), "en").splitlines() == [
        "Should you stay home?",
        "",
        "1. Is it urgent?",
        "   - Yes → Call …",
        "   - otherwise → How old are you?",
        "2. How old are you?",
        "   - → Which of these?",
        "3. Which of these?",
        "   - → advice",
        "4. advice",
        "   - A1, A3 → Stay home for … days",
        "   - A2 → Go out",
    ]


def test_the_texts_for_other_tools_name_every_node_and_way():
    compiled = compile_package(read(SMALL))
    graph = make_graph(compiled, "en")

    mermaid, dot = render_mermaid(compiled, "en").splitlines(), render_dot(compiled, "en").splitlines()

    assert mermaid[0] == "flowchart TD"
    assert '  page_urgent -->|"Yes"| outcome_call' in mermaid
    assert sum("-->" in line for line in mermaid) == len(graph.arrows)
    assert '  page_urgent -> outcome_call [label="Yes"];' in dot
    assert (dot[0], dot[-1]) == ("digraph assessment {", "}")


def test_every_way_leads_down():
    graph = make_graph(dict(load_sample("help-with-living-costs").compiled), "en")

    layers = find_layers([each.id for each in graph.nodes], [(each.source, each.target) for each in graph.arrows])

    assert all(layers[each.source] < layers[each.target] for each in graph.arrows)
