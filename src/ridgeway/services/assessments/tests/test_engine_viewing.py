"""Views: pages, texts in several languages, fields filled again, errors, outcomes, start and end."""

import json
from datetime import date

import pytest

from ridgeway.services.assessments.engine import StepError, build_start_view, build_view, load, read_answers
from ridgeway.services.assessments.engine.viewing import EMPTY
from ridgeway.services.assessments.tests.running import TODAY, everything, make, run
from ridgeway.services.assessments.tests.test_engine_deciding import GIVEN

ASSESSMENT = everything().assessment


def see(answers, step, language="en", assessment=ASSESSMENT, today=TODAY, **more):
    trail = run(assessment, answers, today)
    return build_view(assessment, trail, step=step, language=language, answers=answers, **more)


def page(name, answers=GIVEN, language="en", **more):
    return see(answers, run(ASSESSMENT, answers).find_place(name), language, **more)


def end(answers=GIVEN, language="en", today=TODAY):
    return see(answers, len(run(ASSESSMENT, answers, today).steps) + 1, language, today=today)


def test_a_page_with_one_question_has_it_as_its_heading():
    view = page("urgent")
    assert (view["kind"], view["id"], view["title"]) == (
        "question",
        "urgent",
        "Is one of these happening to you right now?",
    )
    [field] = view["fields"]
    assert (field["is_heading"], field["label"]) == (True, view["heading"])
    assert field["body"] == [["ul", [[["p", [each]]] for each in (
        "fighting for each breath", "crushing chest pain", "fainting or new confusion")]]]  # fmt: skip
    assert (view["step"], view["back"], view["section"], view["button"]) == (2, 1, "Your health", "Continue")
    assert view["notice"] == [["p", ["An example: ", ["i", ["not"]], " advice."]]]


def test_a_page_with_several_questions_has_its_own_heading():
    answers = GIVEN | {"needs": ["housing"]}
    view = page("rent_page", answers)
    assert view["title"] == "Your home"
    assert [field["is_heading"] for field in view["fields"]] == [False] * 5
    assert [field["kind"] for field in view["fields"]] == ["money", "salary", "month", "year", "duration"]
    assert view["fields"][0]["prefix"] == "$"
    assert [unit["label"] for unit in view["fields"][1]["units"]] == ["a week", "every two weeks", "a month", "a year"]


def test_fields_are_filled_with_the_answers_that_are_kept_even_before_they_count():
    assert [option["checked"] for option in page("needs")["fields"][0]["options"]] == [False, True, False, False]
    assert page("age")["fields"][0]["values"] == {"": "30"}
    assert page("contact_date")["fields"][0]["values"] == {"day": "20", "month": "11", "year": "2026"}
    kept = {"on_behalf": False, "urgent": False, "needs": ["food"], "age": "500"}
    assert page("age", kept)["fields"][0]["values"] == {"": "500"}


def test_after_an_error_the_fields_hold_what_was_written_and_the_error_stands_twice():
    answers = {"on_behalf": False, "urgent": False, "needs": []}
    trail = run(ASSESSMENT, answers)
    form = {"age": ["old"]}
    errors = read_answers(ASSESSMENT, "age", form, today=TODAY, trail=trail).errors
    view = page("age", answers, form=form, errors=errors)
    assert view["errors"] == [{"field": "age", "message": "Write a number in digits"}]
    [field] = view["fields"]
    assert (field["error"], field["values"]) == ("Write a number in digits", {"": "old"})


def test_limits_in_errors_are_written_as_the_language_writes_them():
    answers = GIVEN | {"contact_date": None}
    form = {"contact_date-day": ["1"], "contact_date-month": ["1"], "contact_date-year": ["2027"]}
    trail = run(ASSESSMENT, answers)
    errors = read_answers(ASSESSMENT, "contact_date", form, today=TODAY, trail=trail, language="fr").errors
    messages = {code: page("contact_date", answers, code, form=form, errors=errors)["errors"] for code in ("en", "fr")}
    assert "November 24, 2026" in messages["en"][0]["message"]
    assert "24 novembre 2026" in messages["fr"][0]["message"]
    assert messages["en"][0]["field"] == "contact_date-day"


def test_i_do_not_know_is_a_choice_below_a_written_answer():
    [field] = page("age", GIVEN | {"age": None})["fields"]
    assert [(option["value"], option["id"], option["checked"]) for option in field["options"]] == [
        ("unknown", "age-unknown", True)
    ]
    assert (field["suffix"], field["inputmode"]) == ("years", "numeric")


def test_ids_of_choices_are_the_question_and_then_numbers():
    [field] = page("symptoms")["fields"]
    assert [option["id"] for option in field["options"]] == ["symptoms", *(f"symptoms-{n}" for n in range(2, 7))]
    assert [option["value"] for option in field["options"]][-2:] == ["none", "unknown"]
    assert [option["exclusive"] for option in field["options"]] == [False] * 4 + [True] * 2


def test_whoever_answers_for_somebody_else_is_asked_about_them():
    assert page("urgent", GIVEN | {"on_behalf": True})["title"] == "Is one of these happening to the person right now?"


def test_an_item_says_which_one_it_is_and_asks_for_another():
    view = see(GIVEN, run(ASSESSMENT, GIVEN).find_place("children", 1))
    assert (view["item"], view["title"]) == (2, "A child in your care")
    assert [field["id"] for field in view["fields"]] == ["child_age", "child_allergy", "again"]
    assert view["fields"][2]["label"] == ["Add another child?"]
    assert [option["checked"] for option in view["fields"][2]["options"]] == [False, True]


def test_the_check_page_lists_the_answers_with_their_steps_and_what_no_longer_counts():
    answers = GIVEN | {"needs": []}
    trail = run(ASSESSMENT, answers)
    view = page("check", answers)
    assert view["title"] == "Check your answers"
    listed = {each["question"]: (each["answer"], each["step"]) for each in view["answers"]}
    assert listed["How old are you?"] == ("30 years", trail.find_place("age"))
    assert listed["What do you need help with?"] == ("Nothing else", trail.find_place("needs"))
    assert listed["When were you last together?"][0] == "November 20, 2026"
    assert view["dropped"] == ["A child in your care"]


def test_each_item_is_listed_at_its_own_step():
    ages = [
        (each["answer"], each["step"])
        for each in page("check")["answers"]
        if each["question"] == "How old is the child?"
    ]
    first = run(ASSESSMENT, GIVEN).find_place("children", 0) or 0
    assert ages == [("3", first), ("9", first + 1)]


ILL = GIVEN | {"needs": [], "symptoms": ["fever", "cough", "breath"], "contact": "home"}


def test_placeholders_plurals_and_conditional_parts_are_resolved():
    view = end(ILL)
    assert (view["id"], view["title"]) == ("stay_home", "Stay home until November 29, 2026")
    assert view["body"] == [
        ["p", ["You stay home for 5 days."]],
        ["p", ["You told us about: fever or chills, cough, short of breath."]],
    ]
    assert view["calendar"] == {"date": "2026-11-29", "title": "End of staying home"}
    assert view["next_steps"] == [{"href": "https://example.org/tests", "text": "Book a test"}]
    assert (view["severity"], view["actions"]) == ("high", ["print", "calendar"])


def test_parameters_are_those_of_the_day():
    assert end(ILL, today=date(2027, 1, 1))["title"] == "Stay home until January 8, 2027"


def test_entitlements_are_shown_in_groups_and_counted_in_words():
    view = end(GIVEN | {"symptoms": []})
    assert view["id"] == "get_help"
    assert view["body"] == [["p", ["We found 2 things."]]]
    [group] = view["collected"]
    assert (group["title"], [item["id"] for item in group["items"]]) == (["Food"], ["meals", "milk"])
    assert group["items"][1]["title"] == ["Milk for one child"]


def test_what_is_not_translated_falls_back_and_is_marked_with_its_language():
    view = page("urgent", language="ar")
    assert (view["dir"], view["fallback"]) == ("rtl", "English")
    fell = [json.dumps(view[key]) for key in ("heading", "notice")]
    assert any('["lang", "en", "ltr"' in each for each in fell)
    assert page("urgent", language="en")["fallback"] is None


def test_the_language_can_change_on_any_page_and_no_answer_is_lost():
    english, french = (page("needs", language=code) for code in ("en", "fr"))
    assert english["step"] == french["step"]
    assert [each["checked"] for each in english["fields"][0]["options"]] == [
        each["checked"] for each in french["fields"][0]["options"]
    ]
    assert english["title"] != french["title"]


def test_every_view_has_every_key_and_is_plain_json():
    trail = run(ASSESSMENT, GIVEN)
    for language in ("en", "fr", "ar"):
        for step in range(1, trail.last_step + 1):
            view = see(GIVEN, step, language)
            assert set(view) == set(EMPTY)
            assert not {'["x"', '["when"', '["plural"'} & set(json.dumps(view).split("["))
    assert set(build_start_view(ASSESSMENT, "en", TODAY)) == set(EMPTY)


def test_the_start_page_says_how_long_it_takes_and_what_is_kept():
    view = build_start_view(ASSESSMENT, "en", TODAY)
    assert (view["kind"], view["title"], view["back"]) == ("start", "Should you stay home today?", None)
    assert view["minutes"] == "It takes about 2 minutes."
    assert view["privacy"][0] == "Your answers are not stored."
    assert view["body"][1] == ["warning", [["p", ["In an emergency call ", ["b", ["911"]], " at once."]]]]
    assert view["stamp"] == {
        "version": "2.1.0", "digest": ASSESSMENT.digest, "date": "November 24, 2026", "day": "2026-11-24",
    }  # fmt: skip


def test_after_its_period_the_page_of_the_end_is_shown_and_before_it_one_that_says_so():
    ended = build_start_view(ASSESSMENT, "en", date(2027, 5, 1))
    assert (ended["kind"], ended["id"], ended["title"]) == ("ended", "closed", "This check has ended")
    early = build_start_view(ASSESSMENT, "en", date(2026, 9, 1))
    assert (early["kind"], early["id"]) == ("not_yet", None)


def test_a_step_that_is_not_there_is_refused():
    for step in (-1, 0, 3, 99):
        with pytest.raises(StepError, match="no_such_step"):
            see({"on_behalf": False}, step)


def test_an_end_without_an_outcome_says_so():
    pages = '- {id: a, question: {type: yes_no, title: "A?"}, routes: [{to: decision.d}]}'
    rule = "{id: R, if: [true], then: outcome.done}"
    more = f"decisions: {{d: {{inputs: [a], rules: [{rule}]}}}}"
    view = see({"a": False}, 2, assessment=make(pages, more=more))
    assert (view["kind"], view["id"], view["title"]) == ("no_outcome", None, "There is no result for these answers")


def test_a_label_that_names_its_own_question_does_not_go_on_for_ever():
    compiled = json.loads(json.dumps(everything().compiled))
    name = ["x", ["answer", "contact"], ["option", "contact"]]
    compiled["texts"]["en"]["question.contact.option.home.label"] = [["p", ["home of ", name]]]
    assessment = load(compiled)
    trail = run(assessment, GIVEN)
    view = build_view(assessment, trail, step=trail.find_place("check") or 0, language="en", answers=GIVEN)
    shown = [each["answer"] for each in view["answers"] if each["step"] == trail.find_place("contact")]
    assert shown == ["home of home of home of home"]
