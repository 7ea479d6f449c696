"""Random expressions of a type, as the JSON that the parser makes, over the world of the shared cases."""

from hypothesis import strategies as st

from ridgeway.services.assessments.expressions import MILLION
from ridgeway.services.assessments.expressions.values import FIRST_DAY, LAST_DAY, MAX_NUMBER
from ridgeway.services.assessments.tests.expression_world import make_environment, read_semantics

ENVIRONMENT = make_environment(read_semantics()["world"])

EDGES = [0, 1, MILLION // 2, MILLION, 3 * MILLION // 2, 5 * MILLION // 2, MAX_NUMBER, MAX_NUMBER - 1]
SIZES = st.sampled_from(EDGES) | st.integers(0, 50).map(lambda whole: whole * MILLION) | st.integers(0, MAX_NUMBER)
NUMBERS = st.builds(lambda size, sign: str(size * sign), SIZES, st.sampled_from([1, -1]))
DAYS = st.integers(FIRST_DAY, LAST_DAY) | st.integers(20_000, 21_000)
TEXTS = st.text(max_size=6) | st.sampled_from(["", "K1A", "héllo 😀", "12"])


def names(kind):
    """The names of the world that have this type, as expressions."""
    tables = {
        "answer": ENVIRONMENT.answers,
        "param": ENVIRONMENT.parameters,
        "fact": ENVIRONMENT.facts,
        "decision": ENVIRONMENT.decisions,
    }
    found = [[word, name] for word, table in tables.items() for name, other in table.items() if other == kind]
    outputs = [
        ["output", owner, name] for owner, row in ENVIRONMENT.outputs.items() for name in row if row[name] == kind
    ]
    return found + outputs


def item_names(kind, page):
    """The questions of a page that have this type."""
    return [["item", name] for name, other in ENVIRONMENT.items.get(page, {}).items() if other == kind]


def leaves(kind, page, literals):
    """Names and literals of this type."""
    return st.sampled_from(names(kind) + item_names(kind, page)) | literals.map(lambda value: ["lit", kind, value])


def pairs(words, parts):
    """An operator and two sides."""
    return st.builds(lambda word, left, right: [word, left, right], st.sampled_from(words), parts, parts)


def call(name, *parts):
    """A function of these arguments."""
    return st.tuples(*parts).map(lambda arguments: ["call", name, list(arguments)])


def make_numbers(depth, page=""):
    """Expressions that give a number."""
    leaf = leaves("number", page, NUMBERS)
    if depth == 0:
        return leaf
    number, when = make_numbers(depth - 1, page), make_dates(depth - 1, page)
    plain = [
        leaf,
        pairs(["add", "sub", "mul", "div", "mod"], number),
        number.filter(lambda expr: expr[0] != "lit").map(lambda expr: ["neg", expr]),
        call("days_between", when, when),
        call("age_on", when, when),
        call("year", when),
        *(call(name, number) for name in ("floor", "ceil", "round")),
        *(call(name, number, number) for name in ("min", "max")),
        st.sampled_from(names(["options", "symptoms"]) + names("text") + names(["list", "people"])).map(
            lambda expr: ["call", "size", [expr]]
        ),
        NUMBERS.map(lambda weight: ["score", "symptoms", {"fever": weight, "cough": "1"}]),
        conditionals(depth, page, number),
    ]
    if page:
        return st.one_of(plain)
    sums = st.sampled_from(sorted(ENVIRONMENT.items)).flatmap(
        lambda name: make_numbers(depth - 1, name).map(lambda expr: ["each", "sum", name, expr])
    )
    return st.one_of(*plain, sums, make_each(["count"], depth), st.just(["call", "hits", [["decision", "support"]]]))


def make_dates(depth, page=""):
    """Expressions that give a date."""
    days = DAYS.map(lambda day: [day, day])
    leaf = st.just(["today"]) | leaves("date", page, days)
    if depth == 0:
        return leaf
    when, number = make_dates(depth - 1, page), make_numbers(depth - 1, page)
    small = st.integers(-40, 40).map(lambda whole: ["lit", "number", str(whole * MILLION)])
    return st.one_of(
        leaf,
        call("add_days", when, number | small),
        call("add_months", when, number | small),
        *(call(name, when, when) for name in ("min", "max")),
        conditionals(depth, page, when),
    )


def conditionals(depth, page, parts):
    """One of two."""
    return st.builds(
        lambda condition, then, other: ["if", condition, then, other], make_bools(depth - 1, page), parts, parts
    )


def make_bools(depth, page=""):
    """Expressions that are true, false or unknown."""
    leaf = leaves("bool", page, st.booleans())
    if depth == 0:
        return leaf
    truth, number, when = (make(depth - 1, page) for make in (make_bools, make_numbers, make_dates))
    text = leaves("text", page, TEXTS)
    option = st.sampled_from(["home", "other", "nobody"]).map(lambda value: ["lit", ["option", "contact"], value])
    plain = [
        leaf,
        pairs(["and", "or"], truth),
        truth.map(lambda expr: ["not", expr]),
        pairs(["eq", "ne"], truth),
        pairs(["eq", "ne", "lt", "le", "gt", "ge"], number),
        pairs(["eq", "ne", "lt", "le", "gt", "ge"], when),
        pairs(["eq", "ne"], text),
        option.map(lambda expr: ["eq", ["answer", "contact"], expr]),
        st.builds(
            lambda one, several: ["in", one, ["list", several]], number, st.lists(number, min_size=1, max_size=3)
        ),
        st.builds(lambda one, several: ["in", one, ["list", several]], when, st.lists(when, min_size=1, max_size=3)),
        st.sampled_from(["fever", "breath"]).map(
            lambda value: ["in", ["lit", ["option", "symptoms"], value], ["answer", "symptoms"]]
        ),
        st.sampled_from(names("bool"))
        .filter(lambda expr: expr[0] == "answer")
        .map(lambda expr: ["call", "answered", [expr]]),
        st.one_of(truth, number, when).map(lambda expr: ["call", "known", [expr]]),
        text.map(
            lambda expr: ["call", "matches_pattern", [expr, ["lit", "text", "digits"], ["lit", "text", "[0-9]+"]]]
        ),
        conditionals(depth, page, truth),
    ]
    return st.one_of(plain) if page else st.one_of(*plain, make_each(["any", "all"], depth))


def make_each(words, depth):
    """Something of every item of a page."""
    return st.sampled_from(sorted(ENVIRONMENT.items)).flatmap(
        lambda page: st.builds(
            lambda word, expr: ["each", word, page, expr], st.sampled_from(words), make_bools(depth - 1, page)
        )
    )


EXPRESSIONS = st.one_of(make_bools(3), make_numbers(3), make_dates(3))
