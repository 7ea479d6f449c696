"""`diff`, `draw`, `explain`: what a new version changes, how it all looks, and why somebody gets a result.

Exit 0: fine; 1: `diff --refuse` found that somebody gets another result, or a package cannot be read; 2: misused.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ridgeway.errors import RequestError
from ridgeway.services.assessments import engine
from ridgeway.services.assessments.checks import (
    Comparison,
    Nearest,
    compare,
    draw_flow,
    find_nearest,
    render_dot,
    render_mermaid,
    render_outline,
    render_paper,
    render_plain_outline,
    show_answers,
)
from ridgeway.services.assessments.checks.differing import list_said
from ridgeway.services.assessments.checks.plain import say_plainly
from ridgeway.services.assessments.definition import compile_package, read_package
from ridgeway.services.assessments.verbs.checking import choose_day, most_steps, on_day, plural, say_count
from ridgeway.services.assessments.verbs.telling import as_json, package_argument, tell

MOST_SHOWN = 20
DRAWINGS = {
    "svg": draw_flow,
    "html": render_outline,
    "text": render_plain_outline,
    "mermaid": render_mermaid,
    "dot": render_dot,
    "paper": render_paper,
}


@click.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@on_day
@most_steps
@click.option("--refuse", is_flag=True, help="Exit 1 when somebody gets another result.")
@as_json
def diff(*, old: Path, new: Path, day: datetime | None, steps: int, refuse: bool, as_json: bool) -> None:
    """Tell who gets another result by package NEW than by OLD, and which words and values differ."""
    before, after = (compile_package(read_package(each)) for each in (old, new))
    found = compare(before, after, today=choose_day(day, after["zone"]), max_steps=steps)
    said = asdict(found) | {"old": before["version"], "new": after["version"]}
    tell(said, as_json=as_json, sentence="\n".join(show_comparison(found)))
    if refuse and found.changes:
        raise SystemExit(1)


def show_comparison(found: Comparison) -> Iterable[str]:
    """The whole for people: results first, then words."""
    head, *_ = found.sentences()
    yield head
    for change in found.changes:
        since = f" from {change.day}" if change.day != found.days[0] else ""
        yield ""
        size = f"{plural(change.paths, 'path')} by class, {say_count(change.raw)} ways to answer"
        yield f"{change.before} → {change.after}{since}: {size}"
        yield from (f"    {question} {answer}" for question, answer in change.in_words)
        yield f"    {json.dumps(change.answers, ensure_ascii=False)}"
    for word in found.words[:MOST_SHOWN]:
        yield ""
        yield f"{word.element}{f' ({word.language})' if word.language else ''}"
        yield from (f"  {sign} {text}" for sign, text in (("-", word.before), ("+", word.after)) if text)
    if len(found.words) > MOST_SHOWN:
        yield f"\n… and {len(found.words) - MOST_SHOWN} more texts (--json has them all)."


@click.command()
@package_argument
@click.option("--as", "form", type=click.Choice(sorted(DRAWINGS)), default="svg", show_default=True)
@click.option("--language", default="", help="Default: the source language.")
@click.option("--answers", "given", default="", metavar="FILE|JSON", help="Stress the way of these answers (svg).")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Default: print it."
)
@on_day
@as_json
def draw(
    *, package: Path, form: str, language: str, given: str, output: Path | None, day: datetime | None, as_json: bool
) -> None:
    """Draw the ways through PACKAGE: pages, tables and results, and who goes which way."""
    compiled = compile_package(read_package(package))
    known = [each["code"] for each in compiled["languages"]]
    chosen = language or known[0]
    if chosen not in known:
        raise click.BadParameter(f"there is no {chosen!r}; known are {', '.join(known)}", param_hint="--language")
    if form == "svg" and given:
        drawn = draw_flow(compiled, chosen, path=find_path(compiled, given, day))
    else:
        drawn = DRAWINGS[form](compiled, chosen)
    if output is None:
        tell({"form": form, "language": chosen, "drawing": drawn}, as_json=as_json, sentence=drawn)
        return
    output.write_text(drawn + "\n", "utf-8")
    tell({"form": form, "language": chosen, "file": str(output)}, as_json=as_json, sentence=f"{output}: written.")


def find_path(compiled: dict[str, Any], given: str, day: datetime | None) -> list[str]:
    """The targets by which answers go."""
    assessment = engine.load(compiled)
    answers = engine.read_given(assessment, read_json(given))
    trail = engine.replay(assessment, answers, today=choose_day(day, compiled["zone"]))
    path = list(dict.fromkeys(f"page:{step.page}" for step in trail.steps))
    path += [f"decision:{trail.decision.decision}"] if trail.decision else []
    return path + ([f"outcome:{trail.outcome}"] if trail.outcome else [])


@click.command()
@package_argument
@click.option("--answers", "given", required=True, metavar="FILE|JSON", help='Like {"age": "70"}, or a file with it.')
@click.option("--language", default="", help="Default: the source language.")
@on_day
@as_json
def explain(*, package: Path, given: str, language: str, day: datetime | None, as_json: bool) -> None:
    """Explain the result of answers to PACKAGE: by a sentence, the answers that mattered, and the row of the table."""
    compiled = compile_package(read_package(package))
    assessment = engine.load(compiled)
    answers = engine.read_given(assessment, read_json(given))
    today = choose_day(day, compiled["zone"])
    trail = engine.replay(assessment, answers, today=today)
    chosen = language or compiled["languages"][0]["code"]
    if not trail.is_over:
        page = trail.steps[-1].page
        asked = ", ".join(each["id"] for each in find_questions(compiled, page))
        raise RequestError("unfinished_answers", f"These answers stop at page {page}.", action=f"Answer {asked}.")
    view = engine.build_view(assessment, trail, step=trail.last_step, language=chosen, answers=answers)
    nearest = find_nearest(compiled, answers, today=today)
    said = {
        "outcome": trail.outcome,
        "title": view["title"],
        "why": view["why"],
        "explanation": asdict(engine.explain(assessment, trail)),
        "dropped": view["dropped"],
        "nearest": asdict(nearest) if nearest else None,
        "today": str(today),
    }
    lines = show_explanation(compiled, view, trail, nearest)
    tell(said, as_json=as_json, sentence="\n".join(lines))


def find_questions(compiled: dict[str, Any], page: str) -> list[dict[str, Any]]:
    """The questions of a page."""
    return [question for each in compiled["pages"] if each["id"] == page for question in each["questions"]]


def show_explanation(
    compiled: dict[str, Any], view: dict[str, Any], trail: engine.Trail, nearest: Nearest | None
) -> Iterable[str]:
    """The three depths, then what would have changed it."""
    why = view["why"] or {"because": None, "mattered": [], "rule": None}
    yield f"{view['title']} ({trail.outcome})"
    if why["because"]:
        yield f"Because: {say_plainly([['p', why['because']]])}"
    if why["mattered"]:
        yield ""
        yield "The answers that mattered:"
        yield from (f"  {each['step']}. {each['question']} {each['answer']}" for each in why["mattered"])
    if why["rule"]:
        rule = why["rule"]
        yield ""
        yield f"Rule {rule['id']} of table {rule['decision']}" + (f" ({rule['source']})" if rule["source"] else "")
        yield from (f"  {each['input']} {each['test']}: it is {each['value']}" for each in rule["tests"])
    yield ""
    yield say_nearest(compiled, nearest, trail)


def say_nearest(compiled: dict[str, Any], nearest: Nearest | None, trail: engine.Trail) -> str:
    """What would have changed the result, in a sentence."""
    if nearest is None:
        return "No other answer was found that leads to another result."
    before, after = (
        {(each["id"], each["item"]): each for each in list_said(compiled, answers, trail.today)}
        for answers in (dict(trail.answers), nearest.answers)
    )
    changed = " and ".join(
        f"“{after[key]['question']}” were answered “{after[key]['answer']}” instead of “{before[key]['answer']}”"
        for key in ((each.question, each.item) for each in nearest.changes)
    )
    added = f", and then {show_answers(dict(nearest.added), None)}" if nearest.added else ""
    texts = compiled["texts"][compiled["languages"][0]["code"]]
    title = say_plainly(texts.get(f"outcome.{nearest.outcome}.title", ())) or "nothing"
    return f"If {changed}{added}, the result would be: {title} ({nearest.outcome})."


def read_json(given: str) -> dict[str, Any]:
    """Answers as JSON, or those in a file.

    Raises:  click.BadParameter when it is no JSON object.
    """
    try:
        text = given if given.lstrip().startswith("{") else Path(given).read_text("utf-8")
        answers = json.loads(text, parse_float=str)
    except (OSError, ValueError, RecursionError) as error:
        raise click.BadParameter(f"it is neither JSON nor a file that holds some ({error})") from error
    if not isinstance(answers, dict):
        raise click.BadParameter("it is no JSON object, which begins with {")
    return answers


VERBS = (diff, draw, explain)
