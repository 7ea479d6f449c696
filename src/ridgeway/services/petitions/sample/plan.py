"""Which sample petitions there are: how many of each state in each Parliament, when they were begun, how many signed.

Law: drawn from one seeded generator; everything follows from the law of the service (deadlines, lines), as if people
had done it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from ridgeway.services.petitions.rules.closing import decide_deadline
from ridgeway.services.petitions.states import PUBLISHED, DebateState, ResponseState, State

RESPONSE_LINE, DEBATE_LINE = 200, 1000
"""Lines of the sample: low enough that a few dozen petitions reach them."""
MONTHS = 6
PAST_SCALE = 0.4
"""Past Parliaments had fewer signatures, and lower lines."""
NEW: dict[State, int] = {
    State.PENDING: 40,
    State.VALIDATED: 60,
    State.SPONSORED: 90,
    State.FLAGGED: 10,
    State.DORMANT: 8,
    State.OPEN: 900,
    State.CLOSED: 700,
    State.REJECTED: 450,
    State.HIDDEN: 30,
    State.REMOVED: 4,
}
PAST: dict[State, int] = {State.CLOSED: 220, State.REJECTED: 110, State.HIDDEN: 8, State.STOPPED: 20}
HIDDEN_CODES = ("libellous", "offensive", "advert", "removed")
PUBLIC_CODES = ("duplicate", "irrelevant", "no-action", "already-happening", "individual", "operational", "local")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Term:
    """One Parliament of the sample: petitions are begun between the two times. What is over is anonymous."""

    period: str
    begins_at: datetime
    ends_at: datetime
    states: dict[State, int]
    is_over: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """One petition, but for its text: `signed_at` are the times of its valid signatures, the creator's first."""

    state: State
    created_at: datetime
    signed_at: tuple[datetime, ...] = ()
    pending: int = 0
    sponsored_at: datetime | None = None
    opened_at: datetime | None = None
    closes_at: datetime | None = None
    closed_at: datetime | None = None
    rejected_at: datetime | None = None
    removed_at: datetime | None = None
    stopped_at: datetime | None = None
    code: str = ""
    response: ResponseState = ResponseState.PENDING
    debate: DebateState = DebateState.PENDING
    response_line_at: datetime | None = None
    debate_line_at: datetime | None = None
    has_business: bool = False
    state_at_removal: str = ""


@dataclass(slots=True)
class Planner:
    """Draws the petitions of one Parliament."""

    random: Random
    term: Term
    zone: ZoneInfo
    now: datetime
    plans: list[Plan] = field(default_factory=list)
    debates: int = 0

    def draw(self) -> list[Plan]:
        """The petitions in the order in which they were begun."""
        for state, number in self.term.states.items():
            self.plans += [self.draw_one(state, rank) for rank in range(number)]
        return sorted(self.plans, key=lambda plan: plan.created_at)

    def draw_one(self, state: State, rank: int) -> Plan:
        """One petition of a state; the first ranks are the most signed."""
        match state:
            case State.PENDING | State.VALIDATED:
                return self.draw_gathering(state)
            case State.SPONSORED | State.FLAGGED | State.DORMANT:
                return self.draw_checked(state)
            case State.OPEN:
                return self.settle(self.draw_published(state, rank, self.term.ends_at - 170 * DAY, self.term.ends_at))
            case State.CLOSED:
                end = self.term.ends_at - (190 * DAY if not self.term.is_over else 40 * DAY)
                return self.settle(self.draw_published(state, rank, self.term.begins_at, end))
            case State.STOPPED:
                plan = self.draw_gathering(State.VALIDATED)
                return replace(plan, state=state, stopped_at=self.term.ends_at)
            case State.REMOVED:
                plan = self.draw_published(State.OPEN, rank + 50, self.term.ends_at - 150 * DAY, self.term.ends_at)
                return replace(plan, state=state, removed_at=self.until(plan), state_at_removal=State.OPEN)
            case _:
                return self.draw_refused(state)

    def until(self, plan: Plan) -> datetime:
        """The end of what may have happened to a petition."""
        return min(self.term.ends_at, plan.closes_at or self.term.ends_at)

    def between(self, first: datetime, last: datetime) -> datetime:
        """Some moment between the two, on a whole second."""
        seconds = max((last - first).total_seconds(), 1.0)
        return first + timedelta(seconds=int(self.random.random() * seconds))

    def draw_times(self, number: int, first: datetime, last: datetime) -> list[datetime]:
        """So many moments, most of them early, in order."""
        seconds = max((last - first).total_seconds(), 2.0)
        return sorted(first + timedelta(seconds=int(self.random.betavariate(1.1, 3) * seconds)) for _ in range(number))

    def draw_gathering(self, state: State) -> Plan:
        """One that waits for supporters."""
        created = self.between(self.term.ends_at - 60 * DAY, self.term.ends_at - HOUR)
        if state is State.PENDING:
            return Plan(state, created, pending=self.random.randint(0, 2))
        number = 1 + self.random.randint(0, 4)
        times = self.draw_times(number, created + timedelta(minutes=5), min(self.term.ends_at, created + 9 * DAY))
        return Plan(state, created, tuple(times), pending=self.random.randint(0, 3))

    def support(self, created: datetime, limit: datetime) -> list[datetime]:
        """When the creator and five to nine supporters were confirmed."""
        last = min(created + 5 * DAY, created + (limit - created) / 2)
        return self.draw_times(6 + self.random.randint(0, 4), created + timedelta(minutes=5), last)

    def draw_checked(self, state: State) -> Plan:
        """One that moderators have before them; some wait for longer than was promised."""
        created = self.between(self.term.ends_at - 21 * DAY, self.term.ends_at - 4 * HOUR)
        times = self.support(created, self.term.ends_at)
        return Plan(state, created, tuple(times), sponsored_at=times[5])

    def draw_refused(self, state: State) -> Plan:
        """One that moderators refused."""
        created = self.between(self.term.begins_at, self.term.ends_at - 20 * DAY)
        times = self.support(created, self.term.ends_at)
        refused = times[-1] + timedelta(hours=self.random.randint(20, 200))
        code = self.random.choice(PUBLIC_CODES if state is State.REJECTED else HIDDEN_CODES)
        return Plan(state, created, tuple(times), sponsored_at=times[5], rejected_at=refused, code=code)

    def draw_published(self, state: State, rank: int, first: datetime, last: datetime) -> Plan:
        """One that was published between the two times."""
        created = self.between(first, last - 12 * DAY)
        times = self.support(created, created + 10 * DAY)
        opened = times[-1] + timedelta(hours=self.random.randint(20, 120))
        closes = decide_deadline(opened, months=MONTHS, zone=self.zone)
        closed = min(closes, self.term.ends_at) if state is State.CLOSED else None
        end = min(closed or self.term.ends_at, self.term.ends_at)
        times += self.draw_times(self.draw_popularity(rank), opened + timedelta(minutes=1), end)
        if state is State.OPEN and rank % 9 == 0:
            times += self.draw_times(self.random.randint(1, 4), self.now - timedelta(minutes=55), self.now)
        pending = self.random.randint(0, 3)
        sponsored = times[5]
        plan = Plan(state, created, tuple(sorted(times)), pending, sponsored, opened, closes, closed)
        return replace(plan, has_business=self.random.random() < 0.04)

    def draw_popularity(self, rank: int) -> int:
        """How many signed after publication: few petitions have many signatures."""
        scale = PAST_SCALE if self.term.is_over else 1.0
        if rank < 3:
            return int(scale * self.random.randint(1000, 1200))
        if rank < 20:
            return int(scale * self.random.randint(205, 420))
        return int(scale * min(self.random.paretovariate(1.3) * 2, 90))

    def settle(self, plan: Plan) -> Plan:
        """The petition with the lines that it reached, and what came of that."""
        response_at, debate_at = self.find_lines(plan)
        plan = replace(plan, response_line_at=response_at, debate_line_at=debate_at)
        if plan.state not in PUBLISHED:
            return plan
        if plan.response_line_at is not None:
            plan = replace(plan, response=self.pick(ResponseState.RESPONDED, ResponseState.AWAITING, 0.7))
        if plan.debate_line_at is not None:
            kinds = (DebateState.AWAITING, DebateState.SCHEDULED, DebateState.DEBATED, DebateState.NOT_DEBATED)
            allowed = kinds[2:] if self.term.is_over else kinds
            self.debates += 1
            plan = replace(plan, debate=allowed[self.debates % len(allowed)])
        return plan

    def pick(self, often: ResponseState, rarely: ResponseState, share: float) -> ResponseState:
        """One of the two."""
        return often if self.random.random() < share else rarely

    def find_lines(self, plan: Plan) -> tuple[datetime | None, datetime | None]:
        """When the petition reached the line of an answer, and that of a debate."""
        scale = PAST_SCALE if self.term.is_over else 1.0
        response, debate = (self.find_moment(plan, int(line * scale)) for line in (RESPONSE_LINE, DEBATE_LINE))
        return response, debate

    def find_moment(self, plan: Plan, line: int) -> datetime | None:
        """When so many had signed."""
        return plan.signed_at[line - 1] if len(plan.signed_at) >= line else None


def list_terms(now: datetime, opening_at: datetime, period: str) -> list[Term]:
    """Two Parliaments that are over, and the one that sits."""
    terms = []
    for back in (2, 1):
        end = opening_at.replace(year=opening_at.year - 5 * (back - 1)) - 40 * DAY
        begin = opening_at.replace(year=opening_at.year - 5 * back)
        terms.append(Term(f"{begin.year}-{end.year}", begin, end, PAST, is_over=True))
    begin = max(opening_at, now - 700 * DAY)
    return [*terms, Term(period, begin, now - timedelta(minutes=2), NEW, is_over=False)]
