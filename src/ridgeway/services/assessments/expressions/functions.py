"""The functions of the language, as a table: what each takes, gives and means. The reference page repeats it."""

from dataclasses import dataclass

from ridgeway.services.assessments.expressions.types import BOOL, DATE, NUMBER


@dataclass(frozen=True, slots=True)
class Function:
    """One function: how it is called, what it gives, what it means.

    `takes` are the kinds that each argument may have; None when the checker looks at the arguments itself.
    """

    call: str
    gives: str
    says: str
    takes: tuple[frozenset[str], ...] | None = None


def kinds(*names: str) -> frozenset[str]:
    """Kinds that one argument may have."""
    return frozenset(names)


NUMBERS = kinds("number")
DATES = kinds("date")
SAME = "as its arguments"

FUNCTIONS = {
    "add_days": Function("add_days(d, n)", DATE, "the date `n` whole days later", (DATES, NUMBERS)),
    "add_months": Function(
        "add_months(d, n)", DATE, "the date `n` whole months later, at most the last day of its month", (DATES, NUMBERS)
    ),
    "age_on": Function("age_on(birth, d)", NUMBER, "full years from a birth to the date `d`", (DATES, DATES)),
    "all": Function("all(page, e)", BOOL, "whether `e` is true of every item of the page"),
    "answered": Function("answered(q)", BOOL, "whether the question was answered on this way, “I don't know” included"),
    "any": Function("any(page, e)", BOOL, "whether `e` is true of one item of the page"),
    "ceil": Function("ceil(n)", NUMBER, "the least whole number that is not below `n`", (NUMBERS,)),
    "count": Function(
        "count(page, e), count(decision)",
        NUMBER,
        "of how many items `e` is true; how many entitlements the decision lists",
    ),
    "date": Function('date("…")', DATE, "a day, a month or a year given as text: `2026-11-15`, `2026-11`, `2026`"),
    "days_between": Function("days_between(a, b)", NUMBER, "days from `a` to `b`, both exact", (DATES, DATES)),
    "floor": Function("floor(n)", NUMBER, "the greatest whole number that is not above `n`", (NUMBERS,)),
    "known": Function("known(e)", BOOL, "whether `e` has a value; never unknown itself"),
    "matches_pattern": Function('matches_pattern(t, "name")', BOOL, "whether the whole text has the form of this name"),
    "max": Function("max(a, b, …)", SAME, "the greatest of numbers, or the latest of dates"),
    "min": Function("min(a, b, …)", SAME, "the least of numbers, or the earliest of dates"),
    "round": Function("round(n)", NUMBER, "the nearest whole number, a half to the even one", (NUMBERS,)),
    "score": Function(
        'score(q, {"option": n, …})', NUMBER, "the sum of the weights of what was chosen; 0 for the rest"
    ),
    "size": Function(
        "size(x)",
        NUMBER,
        "how many options are ticked, items given, or characters in a text",
        (kinds("options", "text", "list"),),
    ),
    "sum": Function("sum(page, e)", NUMBER, "the sum of `e` over the items of the page"),
    "year": Function("year(d)", NUMBER, "the calendar year of the date", (DATES,)),
}
