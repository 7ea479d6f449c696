"""From answers to a trail: which pages these answers lead over, in order, and where they end.

Law: nothing is remembered but the answers. Each time they are replayed from the first page, so that no answer counts
whose page is not on the trail. The rules, which both engines keep to the letter:

1. It begins at the first page. A page whose `only_if` is exactly false is passed over: the page after it in the order
   of the definition is next. Any other page becomes a step.
2. A page of kind information or check is passed at once. A page with questions is done when each of its questions has
   a RAW that the question accepts (`questions.py`; the limits of dates look at what counted before the page); otherwise
   it is the pending page and the last step. Its answers count all together or not at all.
3. A repeated page has a step for each item. Item i (from 0) is followed by another when i+1 < min, or when i+1 < max
   and its `again` is true; where min ≤ i+1 < max, `again` must be true or false for the item to be done. The items
   count when the last one is done, as one answer under the page's id.
4. Then the first route without `when`, or whose `when` is true, is taken (unknown is not true), or the last one.
5. A trail ends at an outcome, or at a decision, which gives the outcome. It ends without one (`outcome` None) when a
   route leads to a page that is a step already, when there is no next page, or before step 501 (a repeated page counts
   the items that it has by then).
6. Dropped are the ids (questions, or the pages of items) that are keys of the answers and do not count, those of the
   pending page left out; and a repeated page that has more items than counted. They stay in the answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ridgeway.services.assessments.engine.assessment import Assessment, PageReady, Step, count_day
from ridgeway.services.assessments.engine.deciding import Decided, decide
from ridgeway.services.assessments.engine.limits import MAX_STEPS
from ridgeway.services.assessments.engine.questions import REFUSED
from ridgeway.services.assessments.engine.scoping import list_memos, make_scope
from ridgeway.services.assessments.expressions import Scope

MISSING = object()
AGAIN = "again"


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """The pages of these answers in order, and where they led.

    Shapes:  `steps` begin with step 1; the last one is pending unless `is_over`, then the outcome is step
             len(steps) + 1. `counted` tells for each step how many entries `scope.answers` had before it.
    """

    assessment: Assessment
    today: date
    answers: Mapping[str, Any]
    steps: tuple[Step, ...]
    counted: tuple[int, ...]
    scope: Scope
    is_over: bool
    outcome: str | None
    decision: Decided | None

    @property
    def values(self) -> Mapping[str, Any]:
        """The value of each answer that counts."""
        return self.scope.answers

    @property
    def last_step(self) -> int:
        """The furthest step: the pending page, or the outcome."""
        return len(self.steps) + (1 if self.is_over else 0)

    @property
    def dropped(self) -> tuple[str, ...]:
        """Ids of answers that are kept but do not count."""
        return find_dropped(self)

    def find_place(self, page: str, item: int | None = None) -> int | None:
        """The step, from 1, of a page or an item of one."""
        for number, step in enumerate(self.steps, 1):
            if step.page == page and step.item == item:
                return number
        return None

    def scope_before(self, step: int) -> Scope:
        """A scope over what counted before a step; of the outcome, over all."""
        if step > len(self.counted) or self.counted[step - 1] == len(self.scope.answers):
            return self.scope
        known = list(self.scope.answers.items())[: self.counted[step - 1]]
        return make_scope(self.assessment, count_day(self.today), dict(known))


def replay(assessment: Assessment, answers: Mapping[str, Any], *, today: date) -> Trail:
    """The trail of these answers on this day; whatever JSON the answers hold, it ends."""
    return Walk(assessment, answers, today).run()


class Walk:
    """A replay under way."""

    __slots__ = ("answers", "assessment", "counted", "memos", "scope", "steps", "today", "values")

    def __init__(self, assessment: Assessment, answers: Mapping[str, Any], today: date) -> None:
        self.assessment = assessment
        self.answers = answers
        self.today = today
        self.values: dict[str, Any] = {}
        self.scope = make_scope(assessment, count_day(today), self.values)
        self.memos = list_memos(self.scope)
        self.steps: list[Step] = []
        self.counted: list[int] = []

    def run(self) -> Trail:
        """Go on from page to page."""
        seen: set[str] = set()
        page = self.find_asked(0)
        while page is not None and page.id not in seen and len(self.steps) < MAX_STEPS:
            seen.add(page.id)
            if not (self.take(page) if page.spec.repeat is None else self.take_items(page)):
                return self.finish(is_over=False)
            route = page.routes[self.take_route(page)]
            if route.kind == "outcome":
                return self.finish(is_over=True, outcome=route.target)
            if route.kind == "decision":
                decided = decide(self.assessment.decisions[route.target], self.scope)
                return self.finish(is_over=True, outcome=decided.outcome, decision=decided)
            place = page.place + 1 if route.kind == "next" else self.assessment.pages[route.target].place
            page = self.find_asked(place)
        return self.finish(is_over=True)

    def finish(self, *, is_over: bool, outcome: str | None = None, decision: Decided | None = None) -> Trail:
        """The trail as it is."""
        return Trail(
            assessment=self.assessment,
            today=self.today,
            answers=self.answers,
            steps=tuple(self.steps),
            counted=tuple(self.counted),
            scope=self.scope,
            is_over=is_over,
            outcome=outcome,
            decision=decision,
        )

    def find_asked(self, place: int) -> PageReady | None:
        """The first page from this place on that is not passed over."""
        order = self.assessment.order
        while place < len(order):
            page = order[place]
            if page.only_if is None or page.only_if(self.scope) is not False:
                return page
            place += 1
        return None

    def take_route(self, page: PageReady) -> int:
        """The place of the first route that holds, of the last one when none does; the step has it from now on."""
        number = len(page.routes) - 1
        for place, route in enumerate(page.routes):
            if route.when is None or route.when(self.scope) is True:
                number = place
                break
        last = self.steps[-1]
        self.steps[-1] = page.taken[number] if last.item is None else Step(page.id, last.item, number)
        return number

    def take(self, page: PageReady) -> bool:
        """Whether the page is done; its answers count from now on."""
        self.steps.append(page.taken[0])
        self.counted.append(len(self.values))
        if page.questions and not self.accept(page, self.answers, self.values):
            self.steps[-1] = Step(page.id)
            return False
        self.forget()
        return True

    def forget(self) -> None:
        """What was reckoned from the answers before is forgotten."""
        for memo in self.memos:
            if memo:
                memo.clear()

    def accept(self, page: PageReady, given: Mapping[str, Any], values: dict[str, Any]) -> bool:
        """Whether each question of the page is answered; then their values are put in."""
        accepted = []
        for question in page.questions:
            raw = given.get(question.id, MISSING)
            value = REFUSED if raw is MISSING else question.accept(raw, self.scope)
            if value is REFUSED:
                return False
            accepted.append((question.id, value))
        values.update(accepted)
        return True

    def take_items(self, page: PageReady) -> bool:
        """Whether every item of the page is done; they count from now on."""
        given = self.answers.get(page.id)
        items: list[dict[str, Any]] = []
        while len(self.steps) < MAX_STEPS:
            number = len(items)
            self.steps.append(Step(page.id, number))
            self.counted.append(len(self.values))
            raw = given[number] if isinstance(given, list) and number < len(given) else None
            values: dict[str, Any] = {}
            if not isinstance(raw, dict) or not self.accept(page, raw, values):
                return False
            items.append(values)
            again = find_again(page, raw, number)
            if again is None:
                return False
            if not again:
                break
        self.values[page.id] = tuple(items)
        self.forget()
        return True


def asks_again(page: PageReady, item: int) -> bool:
    """Whether the page of this item asks for another one."""
    repeat = page.spec.repeat
    return repeat is not None and repeat.min <= item + 1 < repeat.max


def find_again(page: PageReady, raw: Any, item: int) -> bool | None:
    """Whether another item follows; None when that was asked and not answered."""
    if asks_again(page, item):
        again = raw.get(AGAIN)
        return again if isinstance(again, bool) else None
    return page.spec.repeat is not None and item + 1 < page.spec.repeat.min


def find_dropped(trail: Trail) -> tuple[str, ...]:
    """Ids of answers that are kept but do not count, in the order of the definition."""
    pending = None if trail.is_over or not trail.steps else trail.steps[-1].page
    dropped = []
    for page in trail.assessment.order:
        if page.id == pending:
            continue
        keys = [page.id] if page.spec.repeat is not None else [question.id for question in page.questions]
        for key in keys:
            given = trail.answers.get(key, MISSING)
            if given is MISSING:
                continue
            counted = trail.values.get(key, MISSING)
            beyond = page.spec.repeat is not None and isinstance(given, list) and len(given) > len_of(counted)
            if counted is MISSING or beyond:
                dropped.append(key)
    return tuple(dropped)


def len_of(items: Any) -> int:
    """How many items count."""
    return len(items) if isinstance(items, tuple) else 0
