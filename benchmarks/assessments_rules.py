"""What does it cost to hold the rules of an assessment as data, beside the same rules written as a Python function?

Run: python benchmarks/assessments_rules.py [--out FILE]

The rules are those of the scorecard of 2020 (16 signs with weights, thresholds by nine groups of people): its table
`advice` needs the facts `ill`, `points` and `call` and the table `who`. They are evaluated for the same few hundred
people, by the engine and by a function that somebody wrote by hand; both must say the same. Then what the engine does
for a page of a person who has answered all fifteen questions: all answers replayed from the start, the view of a
question, the view of the result with its reasons. Rounds take turns and the best of each is taken, in processor time;
trust the ratios.
"""

import argparse
import platform
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

from ridgeway.services.assessments.definition import compile_package, read_package
from ridgeway.services.assessments.engine import Assessment, Trail, build_view, decide, load, replay
from ridgeway.services.assessments.engine.scoping import forget

PACKAGE = Path(__file__).parents[1] / "src/ridgeway/services/assessments/packages/respiratory-check-2020"
DAY = date(2020, 5, 20)
PEOPLE = 300
ROUNDS = 25
SEED = 2020

WHOLE = ("fever", "cough", "bark", "breath", "falls", "sluggish")
HALF = ("chills", "taste", "belly", "tired")
QUARTER = ("throat", "swallow", "hoarse", "runny", "stuffy", "headache")
WEIGHTS = dict.fromkeys(WHOLE, 4) | dict.fromkeys(HALF, 2) | dict.fromkeys(QUARTER, 1)
Answers = dict[str, Any]


def decide_by_hand(answers: Answers) -> str:
    """The same rules as somebody would write them."""
    signs = answers["symptoms"]
    points = sum(WEIGHTS[sign] for sign in signs)
    reason, threshold = find_group(answers)
    if signs and reason != "nobody" and points >= threshold:
        return "call_nurse"
    if reason == "contact":
        return "isolate_contact"
    if reason == "traveller":
        return "isolate_traveller"
    if signs:
        return "stay_until_well"
    return "unlikely" if reason in {"at_risk", "remote", "nobody"} else "watch"


def find_group(answers: Answers) -> tuple[str, int]:
    """Why a nurse should hear of it, and from how many quarters of a point on."""
    if answers["health_worker"]:
        return "health_worker", 2
    if answers["shared_home"]:
        return "shared_home", 2
    if answers["risk"] != "nothing":
        return "at_risk", 2
    if answers["border"]:
        return "border", 2
    if answers["essential"]:
        return "essential", 3
    if answers["close_contact"]:
        return "contact", 3
    if answers["remote"] != "near":
        return "remote", 3
    if answers["ill_contact"]:
        return "ill_contact", 4
    return ("traveller", 4) if answers["travel"] else ("nobody", 4)


def choose_people(assessment: Assessment, random: Random) -> list[tuple[Answers, Trail]]:
    """People who say no to what would end it early and answer the rest at random; all get to the table."""
    people = []
    while len(people) < PEOPLE:
        answers: Answers = {}
        while not (trail := replay(assessment, answers, today=DAY)).is_over:
            for asked in assessment.pages[trail.steps[-1].page].questions:
                answers[asked.id] = choose(asked.spec, random)
        if trail.decision is not None:
            people.append((answers, trail))
    return people


def choose(question: Any, random: Random) -> Any:
    """An answer; yes and what is special are rare, so that many ways are long."""
    if question.id == "emergency":
        return False
    options = [option.id for option in question.options]
    if question.type == "yes_no":
        return random.random() < 0.15
    if question.type == "radios":
        return options[-1] if random.random() < 0.7 else random.choice(options)
    if question.type == "checkboxes":
        return [each for each in options if random.random() < 0.12]
    return "2020-05-12" if question.type == "date" else "40"


def take_turns(tasks: dict[str, Callable[[], int]]) -> dict[str, float]:
    """The best microseconds of each task, for one of what it says that it did."""
    best = dict.fromkeys(tasks, float("inf"))
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            begun = time.process_time()
            done = task()
            best[name] = min(best[name], (time.process_time() - begun) / done * 1e6)
    return best


def make_tasks(assessment: Assessment, people: list[tuple[Answers, Trail]]) -> dict[str, Callable[[], int]]:
    """What is measured; each does it for all people and says for how many."""
    table = assessment.decisions["advice"]
    missing = {"health_worker": False, "shared_home": False, "risk": "nothing", "border": False, "essential": False,
               "close_contact": False, "remote": "near", "ill_contact": False, "travel": False}  # fmt: skip
    by_hand = [missing | answers for answers, _ in people]
    for (_, trail), answers in zip(people, by_hand, strict=True):
        assert decide_by_hand(answers) == trail.outcome, (answers, trail.outcome)
    longest, trail = max(people, key=lambda person: len(person[1].steps))
    middle = len(trail.steps) // 2

    def hand() -> int:
        for answers in by_hand:
            decide_by_hand(answers)
        return len(by_hand)

    def engine() -> int:
        for _, each in people:
            forget(each.scope)
            decide(table, each.scope)
        return len(people)

    def again() -> int:
        for _ in range(100):
            replay(assessment, longest, today=DAY)
        return 100

    def page(step: int) -> Callable[[], int]:
        def show() -> int:
            for _ in range(100):
                build_view(assessment, trail, step=step, language="en", answers=longest)
            return 100

        return show

    return {
        "the function by hand": hand,
        "the table with its facts": engine,
        f"replay of {len(trail.steps)} questions": again,
        "view of a question": page(middle),
        "view of the result, with reasons": page(len(trail.steps) + 1),
    }


def render(best: dict[str, float]) -> str:
    """The figures as text."""
    hand = best["the function by hand"]
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    lines = [f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine}; rules of the scorecard of 2020, {PEOPLE} people", ""]
    lines += [f"{'':36}{'µs':>8}  times the function by hand"]
    lines += [f"{name:36}{value:8.2f}{value / hand:10.1f}" for name, value in best.items()]
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    assessment = load(compile_package(read_package(PACKAGE)))
    text = render(take_turns(make_tasks(assessment, choose_people(assessment, Random(SEED)))))
    print(text)
    if arguments.out:
        arguments.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
