import re
from pathlib import Path

import pytest

from ridgeway.office.design.contrast import (
    DECORATION,
    PAIRS,
    assess_theme,
    measure_contrast,
    parse_schemes,
)

STATIC = Path(__file__).parents[1] / "static" / "design"
TOKENS = (STATIC / "tokens.css").read_text("utf-8")
SHEET = (STATIC / "design.css").read_text("utf-8")


def test_every_pair_of_our_colours_can_be_read_in_both_schemes():
    assert [str(weakness) for weakness in assess_theme(TOKENS)] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_stands_in_a_pair(scheme):
    paired = {name for ink, paper, _ in PAIRS for name in (ink, paper)}
    assert set(parse_schemes(TOKENS)[scheme]) == paired | DECORATION


def test_both_schemes_differ_in_every_colour_but_what_stands_on_the_brand():
    schemes = parse_schemes(TOKENS)
    same = {name for name, colour in schemes["light"].items() if schemes["dark"][name] == colour}
    assert same == {"focus-brand"}


def test_the_sheet_holds_no_colour_of_its_own_but_what_is_printed_and_shade():
    without_print = SHEET.split("@media print")[0]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", without_print) == ["rgb("]
    assert "rgb(0 0 0 / 60%)" in without_print


def test_the_sheet_uses_only_tokens_that_there_are():
    given = set(re.findall(r"(--[a-z-]+):", TOKENS))
    assert set(re.findall(r"var\((--[a-z-]+)", SHEET)) <= given


def test_nothing_is_fetched_from_elsewhere():
    for file in STATIC.iterdir():
        text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "//" not in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL), file.name
        assert "@import" not in text, file.name
        assert "@font-face" not in text, file.name


def test_the_sheet_names_no_side_that_right_to_left_would_turn():
    physical = re.findall(
        r"(?:margin|padding|border)-(?:left|right)|(?<![\w-])(?:left|right)\s*:|text-align:\s*(?:left|right)", SHEET
    )
    assert physical == []


def test_black_on_white_is_twenty_one_to_one():
    assert round(measure_contrast("#000", "#ffffff"), 2) == 21.0
    assert round(measure_contrast("#777777", "#fff"), 2) == 4.48


def test_the_theme_that_the_docs_show_can_be_read():
    page = (Path(__file__).parents[5] / "docs" / "how-to" / "make-it-yours.md").read_text("utf-8")
    example = page.split("```css\n")[1].split("```")[0]
    assert "--color-brand" in example
    assert [str(weakness) for weakness in assess_theme(TOKENS, example)] == []


def test_a_theme_that_cannot_be_read_is_told_pair_by_pair():
    theme = ":root { --color-link: #77aaff; } /* --color-ink: #fff; */"
    told = [str(weakness) for weakness in assess_theme(TOKENS, theme)]
    assert told[0].startswith("light: --color-link on --color-page has 2.")
    assert {weakness.scheme for weakness in assess_theme(TOKENS, theme)} == {"light"}
