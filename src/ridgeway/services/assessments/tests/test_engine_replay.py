"""From answers to a trail: order, passing over, items, what is dropped, and the faults of tools before this one."""

from datetime import date

from ridgeway.services.assessments.engine import replay, state_of
from ridgeway.services.assessments.engine.assessment import Step
from ridgeway.services.assessments.engine.limits import MAX_STEPS
from ridgeway.services.assessments.tests.running import TODAY, everything, make, pages_of, run

BRANCH = """
- {id: ill, question: {type: yes_no, title: "Ill?"}, routes: [{when: ill, to: signs}, {to: trip}]}
- id: signs
  question:
    type: checkboxes
    title: "Signs?"
    none: "None"
    options: [{id: fever, label: "fever"}, {id: cough, label: "cough"}]
  routes: [{when: 'size(signs) > 0', to: outcome.other}, {to: trip}]
- id: trip
  question: {type: yes_no, title: "Back from a trip?"}
  routes: [{when: trip, to: outcome.other}, {to: outcome.done}]
"""


def test_the_trail_stops_at_the_first_page_that_is_not_answered():
    trail = run(make(BRANCH), {"ill": True})
    assert trail.steps == (Step("ill", route=0), Step("signs"))
    assert not trail.is_over
    assert trail.outcome is None
    assert trail.last_step == 2


def test_a_trail_ends_at_an_outcome_one_step_after_its_pages():
    trail = run(make(BRANCH), {"ill": False, "trip": False})
    assert (trail.is_over, trail.outcome, trail.last_step) == (True, "done", 3)


def test_changing_yes_to_no_after_going_back_puts_the_old_yes_out_of_force():
    answers = {"ill": True, "signs": ["fever"], "trip": False}
    assert run(make(BRANCH), answers).outcome == "other"
    changed = run(make(BRANCH), answers | {"ill": False})
    assert changed.outcome == "done"
    assert pages_of(changed) == ["ill", "trip"]


def test_answers_that_no_longer_count_are_named_and_come_back_when_the_change_is_undone():
    answers = {"ill": False, "signs": ["fever"], "trip": False}
    assert run(make(BRANCH), answers).dropped == ("signs",)
    assert "signs" not in run(make(BRANCH), answers).values
    assert run(make(BRANCH), answers | {"ill": True}).outcome == "other"


def test_answers_of_the_pending_page_are_not_called_dropped():
    assert run(make(BRANCH), {"ill": True, "signs": ["no such sign"]}).dropped == ()


def test_ticking_nothing_is_not_ticking_none():
    assert not run(make(BRANCH), {"ill": True, "signs": ""}).is_over
    assert run(make(BRANCH), {"ill": True, "signs": []}).steps[-1].page == "trip"


def test_the_label_of_an_option_is_no_answer():
    assert run(make(BRANCH), {"ill": True, "signs": ["fever or chills"]}).steps[-1].page == "signs"


ODD = ["yes", 1, 0, None, "", [], {}, [True], "true", 1.0, float("nan"), b"yes", {"ill": True}]


def test_what_is_no_answer_at_all_leaves_the_page_pending():
    for raw in ODD:
        assert pages_of(run(make(BRANCH), {"ill": raw})) == ["ill"], raw


NEEDS = """
- id: needs
  question:
    type: checkboxes
    title: "Needs?"
    unknown: true
    none: "None"
    options: [{id: home, label: "home"}, {id: food, label: "food"}]
- {id: rent, only_if: '"home" in needs', question: {type: yes_no, title: "Rent?"}}
- {id: meals, only_if: '"food" in needs', question: {type: yes_no, title: "Meals?"}}
- {id: last, question: {type: yes_no, title: "Last?"}, routes: [{to: outcome.done}]}
"""


def test_chosen_needs_switch_their_pages_on():
    answers = {"rent": True, "meals": True, "last": True}
    assert pages_of(run(make(NEEDS), answers | {"needs": ["food"]})) == ["needs", "meals", "last"]
    assert pages_of(run(make(NEEDS), answers | {"needs": []})) == ["needs", "last"]


def test_a_page_is_asked_when_it_is_not_known_whether_it_should_be():
    assert pages_of(run(make(NEEDS), {"needs": None})) == ["needs", "rent"]


SKIP = """
- {id: first, question: {type: yes_no, title: "First?"}, routes: [{when: first, to: third}, {to: next}]}
- {id: second, only_if: 'first', question: {type: yes_no, title: "Second?"}}
- {id: third, only_if: '!first', question: {type: yes_no, title: "Third?"}}
- {id: fourth, question: {type: yes_no, title: "Fourth?"}, routes: [{to: outcome.done}]}
"""


def test_a_route_to_a_page_that_is_passed_over_goes_on_in_the_order_of_the_definition():
    assert pages_of(run(make(SKIP), {"first": True})) == ["first", "fourth"]
    assert pages_of(run(make(SKIP), {"first": False})) == ["first", "third"]


LOOP = """
- {id: one, question: {type: yes_no, title: "One?"}}
- {id: two, question: {type: yes_no, title: "Two?"}, routes: [{when: two, to: one}, {to: outcome.done}]}
"""


def test_a_loop_ends_without_an_outcome():
    trail = run(make(LOOP), {"one": True, "two": True})
    assert (trail.is_over, trail.outcome, pages_of(trail)) == (True, None, ["one", "two"])


def test_a_route_back_to_a_page_that_was_not_asked_yet_is_no_loop():
    pages = """
- {id: one, question: {type: yes_no, title: "One?"}, routes: [{when: one, to: three}, {to: next}]}
- {id: two, question: {type: yes_no, title: "Two?"}, routes: [{to: outcome.done}]}
- {id: three, question: {type: yes_no, title: "Three?"}, routes: [{to: two}]}
"""
    trail = run(make(pages), {"one": True, "two": True, "three": True})
    assert (pages_of(trail), trail.outcome) == (["one", "three", "two"], "done")


SEVERAL = """
- id: home
  title: "Home"
  questions:
    - {id: rent, type: money, currency: CAD, title: "Rent?"}
    - {id: since, type: date, title: "Since?", max: today, optional: true}
  routes: [{when: 'rent > 1000', to: outcome.other}, {to: outcome.done}]
"""


def test_a_page_with_several_questions_counts_all_together_or_not_at_all():
    assert run(make(SEVERAL), {"rent": "1200"}).values == {}
    assert run(make(SEVERAL), {"rent": "1200", "since": "2026-11-25"}).values == {}
    assert run(make(SEVERAL), {"rent": "1200.5", "since": ""}).outcome == "other"


def test_a_date_beyond_its_limit_is_asked_again_when_the_day_has_moved_on():
    answers = {"rent": "900", "since": "2026-11-24"}
    assert replay(make(SEVERAL), answers, today=date(2026, 11, 24)).outcome == "done"
    assert replay(make(SEVERAL), answers, today=date(2026, 11, 23)).is_over is False


INFORMED = """
- {id: about, title: "About", body: "Read this."}
- {id: ill, question: {type: yes_no, title: "Ill?"}}
- {id: look, kind: check, routes: [{to: outcome.done}]}
"""


def test_information_and_check_pages_are_steps_that_nobody_has_to_answer():
    assert pages_of(run(make(INFORMED), {})) == ["about", "ill"]
    trail = run(make(INFORMED), {"ill": True})
    assert (pages_of(trail), trail.outcome) == (["about", "ill", "look"], "done")


ITEMS = """
- id: children
  title: "Child"
  repeat: {min: 2, max: 3, again: "Another?"}
  questions: [{id: age, type: number, title: "Age?", max: 30}, {id: ill, type: yes_no, title: "Ill?"}]
  routes: [{when: 'any(children, ill && age < 6)', to: outcome.other}, {to: outcome.done}]
"""


def child(age, *, ill=False, **more):
    return {"age": str(age), "ill": ill, **more}


def test_a_repeated_page_has_a_step_for_each_item():
    trail = run(make(ITEMS), {"children": [child(3)]})
    assert trail.steps == (Step("children", 0), Step("children", 1))
    assert trail.values == {}


def test_items_are_asked_for_until_the_least_number_then_while_again_is_yes():
    two = [child(3), child(4)]
    assert not run(make(ITEMS), {"children": two}).is_over
    assert run(make(ITEMS), {"children": [two[0], two[1] | {"again": False}]}).outcome == "done"
    more = run(make(ITEMS), {"children": [two[0], two[1] | {"again": True}]})
    assert more.steps[-1] == Step("children", 2)


def test_the_most_items_end_without_the_question_for_another():
    items = [child(3), child(4, again=True), child(5, ill=True, again=True), child(6)]
    trail = run(make(ITEMS), {"children": items})
    assert (trail.outcome, len(trail.values["children"])) == ("other", 3)
    assert trail.dropped == ("children",)


def test_items_behind_the_last_one_are_kept_and_never_used():
    items = [child(8), child(9, again=False), child(3, ill=True)]
    trail = run(make(ITEMS), {"children": items})
    assert (trail.outcome, trail.dropped) == ("done", ("children",))


OTHERS: tuple[object, ...] = ("", None, {}, [None], [[]], ["x"], [{"age": 3}], {"0": {"age": "3", "ill": False}})


def test_items_that_are_none_leave_the_page_pending():
    for raw in OTHERS:
        assert run(make(ITEMS), {"children": raw}).steps == (Step("children", 0),), raw


MANY = """\
- id: p{0}
  title: "P"
  repeat: {{min: 50, max: 50, again: "?"}}
  questions: [{{id: q{0}, type: yes_no, title: "Q"}}]
"""


def test_no_trail_is_longer_than_its_limit():
    pages = "".join(MANY.format(number) for number in range(12))
    assessment = make(pages + '- {id: end, title: "End", routes: [{to: outcome.done}]}')
    trail = run(assessment, {f"p{number}": [{f"q{number}": True}] * 50 for number in range(12)})
    assert len(trail.steps) == MAX_STEPS
    assert (trail.is_over, trail.outcome) == (True, None)


def test_scope_before_a_step_knows_only_what_was_answered_before():
    trail = run(make(BRANCH), {"ill": True, "signs": [], "trip": False})
    assert dict(trail.scope_before(1).answers) == {}
    assert dict(trail.scope_before(2).answers) == {"ill": True}
    assert trail.scope_before(4) is trail.scope


def test_the_place_of_a_page_is_found_on_the_trail_alone():
    trail = run(make(BRANCH), {"ill": False})
    assert (trail.find_place("trip"), trail.find_place("signs"), trail.find_place("ill", 0)) == (2, None, None)


def test_a_period_of_validity_includes_both_its_days():
    assessment = everything().assessment
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2027, 4, 30), date(2027, 5, 1)]
    assert [state_of(assessment, day) for day in days] == ["not_yet", "valid", "valid", "ended"]
    assert state_of(make(BRANCH), TODAY) == "valid"


def test_the_same_answers_can_be_run_as_of_another_day():
    more = "parameters: {limit: {type: number, values: [{from: 2026-01-01, value: 5}, {from: 2027-01-01, value: 7}]}}"
    routes = 'routes: [{when: "n < limit", to: outcome.other}, {to: outcome.done}]'
    pages = f'- {{id: n, question: {{type: number, title: "N?"}}, {routes}}}'
    assessment = make(pages, more=more)
    found = [run(assessment, {"n": "6"}, date(year, 6, 1)).outcome for year in (2025, 2026, 2027)]
    assert found == ["done", "done", "other"]
