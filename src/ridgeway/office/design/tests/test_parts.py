"""Forms as the macros draw them; how they look and sound is tried in test_gallery.py."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.utils import translation
from jinja2 import UndefinedError
from lxml import html

from ridgeway.office.design.tests.pages import draw
from ridgeway.office.design.widgets import DateParts

PARTS = Path(__file__).parents[1] / "templates" / "design" / "parts.html"


class Form(forms.Form):
    action = forms.CharField(label="What?", help_text="Start <b>here</b>", max_length=80)
    details = forms.CharField(widget=forms.Textarea, max_length=800, required=False)
    email = forms.EmailField(error_messages={"required": "Enter your e-mail address"})
    where = forms.ChoiceField(widget=forms.RadioSelect, choices=[("here", "Here"), ("abroad", "Abroad")])
    topics = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, choices=[("a", "A"), ("b", "B")])
    place = forms.ChoiceField(choices=[("", "Choose"), ("Europe", [("fr", "France")])])
    born = forms.DateField(widget=DateParts)
    on = forms.DateField(widget=forms.DateInput, required=False)
    agreed = forms.BooleanField()
    token = forms.CharField(widget=forms.HiddenInput, required=False, initial="t")
    secret = forms.CharField(widget=forms.PasswordInput)
    file = forms.FileField()


def find(shown: Any, path: str) -> list[Any]:
    return list(shown.xpath(path))


def field(name, form=None, arguments=""):
    return html.fromstring(f"<div>{draw('{{ parts.field(f' + arguments + ') }}', f=(form or Form())[name])}</div>")


def test_a_label_a_hint_and_an_error_belong_to_their_input():
    shown = field("action", Form({"action": ""}))
    [box] = find(shown, "//input")
    assert find(shown, "//label/@for") == [box.get("id")]
    described = box.get("aria-describedby").split()
    assert [find(shown, f"//*[@id='{each}']")[0].text_content().strip() for each in described] == [
        "Start <b>here</b>",
        "Error: This field is required.",
    ]
    assert box.get("aria-invalid") == "true"
    assert not find(shown, "//b")


def test_no_id_stands_twice_on_a_page_and_every_reference_leads_somewhere():
    for data in (None, {}, {"born_day": "1", "topics": ["a"], "where": "abroad"}):
        shown = html.fromstring(draw("<div>{% for f in form %}{{ parts.field(f) }}{% endfor %}</div>", form=Form(data)))
        ids = find(shown, "//@id")
        assert len(ids) == len(set(ids))
        assert {each for many in find(shown, "//@aria-describedby") for each in many.split()} <= set(ids)
        assert set(find(shown, "//label/@for")) <= set(ids)


def test_every_link_of_the_error_summary_leads_to_a_control():
    form = Form({})
    shown = html.fromstring(
        draw("<div>{{ parts.error_summary(f) }}{% for b in f %}{{ parts.field(b) }}{% endfor %}</div>", f=form)
    )
    links = [each.removeprefix("#") for each in find(shown, "//*[@class='error-summary']//a/@href")]
    assert len(links) == len(form.errors)
    assert set(links) <= set(find(shown, "//*[self::input or self::select or self::textarea]/@id"))


def test_an_error_that_any_field_may_have_is_told_with_its_label_and_another_as_it_is():
    shown = draw("{{ parts.error_summary(f) }}", f=Form({}))
    assert "What?: This field is required." in shown
    assert ">Enter your e-mail address<" in shown


def test_errors_of_the_whole_form_stand_in_the_summary_without_a_link():
    form = Form({})
    form.add_error(None, "Both <cannot> be")
    assert "<li>Both &lt;cannot&gt; be</li>" in draw("{{ parts.error_summary(f) }}", f=form)


def test_a_form_without_errors_has_no_summary():
    assert draw("{{ parts.error_summary(f) }}", f=Form()).strip() == ""


def test_a_long_text_says_how_much_may_be_written_without_a_script():
    shown = field("details")
    [box] = find(shown, "//textarea")
    assert box.get("data-counter") == "800"
    assert box.get("maxlength") is None
    assert "You can write up to 800 characters." in shown.text_content()
    assert "(optional)" in shown.text_content()


def test_a_first_line_break_of_a_text_is_kept():
    shown = draw("{{ parts.field(f) }}", f=Form({"details": "\nx"})["details"])
    assert re.search(r"<textarea[^>]*>\n\nx</textarea>", shown)


def test_an_address_of_mail_is_typed_on_the_right_keys_and_judged_by_us_alone():
    [box] = find(field("email"), "//input")
    assert (box.get("type"), box.get("inputmode"), box.get("spellcheck")) == ("text", "email", "false")


def test_what_was_chosen_stays_chosen():
    form = Form({"where": "abroad", "topics": ["b"], "place": "fr", "agreed": "on"})
    assert find(field("where", form), "//input[@checked]/@value") == ["abroad"]
    assert find(field("topics", form), "//input[@checked]/@value") == ["b"]
    assert find(field("place", form), "//optgroup[@label='Europe']/option[@selected]/@value") == ["fr"]
    assert find(field("agreed", form), "//input/@checked")


def test_a_group_has_a_legend_and_its_texts_belong_to_the_group():
    shown = field("where", Form({}))
    [group] = find(shown, "//fieldset")
    assert group.get("aria-describedby") == "id_where-error"
    assert find(shown, "//legend")[0].text_content().strip() == "Where"


def test_one_question_a_page_has_its_label_as_the_heading():
    assert find(field("action", arguments=", heading=true"), "//h1/label")
    assert find(field("where", arguments=", heading=true"), "//legend/h1")


def test_a_choice_may_have_a_hint_and_open_what_it_asks_for():
    arguments = ', option_hints={"here": "near"}, reveals={"abroad": "Which <country>?"}'
    shown = field("where", arguments=arguments)
    assert find(shown, "//*[@id='id_where-hint']/text()") == ["near"]
    assert "Which <country>?" in shown.text_content()


def test_a_day_comes_back_as_it_was_written():
    wrong = field("born", Form({"born_day": "42", "born_month": "<x>", "born_year": ""}))
    assert wrong.xpath("//input/@value") == ["42", "<x>", ""]
    assert find(field("born", Form(initial={"born": date(1980, 3, 31)})), "//input/@value") == ["31", "3", "1980"]


@pytest.mark.parametrize(
    ("day", "month", "year", "read"),
    [
        ("31", "3", "1980", date(1980, 3, 31)),
        (" 05 ", "03", "1980", date(1980, 3, 5)),
        ("31", "2", "1980", None),
        ("1", "1", "", None),
        ("1-1", "1", "1980", None),
        ("x", "y", "z", None),
    ],
)
def test_a_day_is_read_or_refused(day, month, year, read):
    form = Form({"born_day": day, "born_month": month, "born_year": year})
    form.is_valid()
    assert form.cleaned_data.get("born") == read
    assert ("born" in form.errors) == (read is None)


def test_a_native_day_is_given_as_browsers_read_it():
    assert find(field("on", Form(initial={"on": date(2026, 12, 1)})), "//input/@value") == ["2026-12-01"]


def test_a_secret_never_comes_back():
    assert not find(field("secret", Form({"secret": "hunter2"})), "//input/@value")


def test_hidden_values_are_carried_without_a_label():
    shown = field("token")
    assert find(shown, "//input/@value") == ["t"]
    assert not find(shown, "//label")


def test_a_prefix_keeps_two_forms_apart():
    shown = field("action", Form(prefix="second"))
    assert find(shown, "//input/@name") == ["second-action"]
    assert find(shown, "//input/@id") == ["id_second-action"]


def test_pages_are_numbered_and_the_one_shown_is_named():
    page = Paginator(range(100), 10).page(5)
    shown = html.fromstring(
        draw("{% macro at(n) %}?page={{ n }}&x=1{% endmacro %}{{ parts.pagination(page, at) }}", page=page)
    )
    assert find(shown, "//a[@aria-current]/@href") == ["?page=5&x=1"]
    assert find(shown, "//a[@rel='prev']/@href") == ["?page=4&x=1"]
    one = Paginator(range(5), 10).page(1)
    assert draw("{{ parts.pagination(page, none) }}", page=one).strip() == ""


def test_a_sorted_column_says_so_and_leads_to_the_other_order():
    template = """{% macro by(key, order) %}?sort={{ key }}&order={{ order }}{% endmacro %}
    {{ parts.table("C", [{"label": "A", "key": "a", "sortable": true}, {"label": "B", "key": "b", "sortable": true}],
                   [["1", "<2>"]], sort_url=by, sort="a", order="asc") }}"""
    shown = html.fromstring(f"<div>{draw(template)}</div>")
    assert find(shown, "//th[@aria-sort='ascending']/a/@href") == ["?sort=a&order=desc"]
    assert find(shown, "//th[not(@aria-sort)]/a/@href") == ["?sort=b&order=asc"]
    assert find(shown, "//td/text()") == ["<2>"]
    assert find(shown, "//caption/text()") == ["C"]


def test_a_button_is_a_form_that_carries_its_token():
    shown = html.fromstring(
        draw('{{ parts.action_form("/x?a=1&b=2", "Go <on>", token=form_token("p"), fields={"a": "<1>"}) }}')
    )
    assert shown.get("action") == "/x?a=1&b=2"
    assert find(shown, "//input/@name") == ["form_token", "a"]
    assert find(shown, "//button")[0].text_content() == "Go <on>"


def test_an_unknown_name_in_a_template_is_an_error():
    with pytest.raises(UndefinedError):
        draw("{{ nothing_of_this_name }}")


def test_the_layout_needs_to_be_told_nothing():
    for layout in ("public", "desk"):
        shown = draw('{% extends "design/' + layout + '.html" %}{% block title %}T{% endblock %}')
        assert "<title>T – " in shown
        assert 'lang="en" dir="ltr"' in shown
        assert '<meta name="robots" content="noindex">' in shown


def test_a_page_whose_form_failed_says_so_in_its_title():
    page = '{% extends "design/public.html" %}{% block title %}Sign{% endblock %}'
    assert "<title>Sign – " in draw(page, form=Form())
    assert "<title>Error: Sign – " in draw(page, form=Form({}))


def test_a_page_in_arabic_runs_from_right_to_left():
    with translation.override("ar"):
        shown = draw('{% extends "design/public.html" %}{% block title %}T{% endblock %}')
    assert 'lang="ar" dir="rtl"' in shown


def test_a_page_that_may_be_found_says_so_before_its_blocks():
    shown = draw('{% extends "design/public.html" %}{% set indexable = true %}{% set description = "D\\"" %}')
    assert "noindex" not in shown
    assert '<meta name="description" content="D&#34;">' in shown


def test_a_page_with_an_address_tells_social_networks_what_it_is():
    shown = draw(
        '{% extends "design/public.html" %}{% block title %}{{ name }}{% endblock %}',
        name='Save "our" <b>',
        description="Why & how",
        canonical_url="https://example.org/1?a=1&b=2",
        feeds=[{"href": "/feed.atom", "title": "All"}],
    )
    head = html.fromstring(shown)
    assert find(head, "//meta[@property='og:title']/@content") == ['Save "our" <b>']
    assert find(head, "//meta[@property='og:url']/@content") == ["https://example.org/1?a=1&b=2"]
    assert find(head, "//link[@type='application/atom+xml']/@href") == ["/feed.atom"]
    assert find(html.fromstring(draw('{% extends "design/public.html" %}')), "//meta[@property]") == []


def test_every_part_that_the_first_comment_lists_is_there_and_every_part_is_listed():
    source = PARTS.read_text("utf-8")
    listed = set(re.findall(r"^    (\w+)\(", source.split("#}")[0], re.MULTILINE))
    made = set(re.findall(r"{% macro (\w+)\(", source))
    parts_of_parts = {"attributes_of", "label_of", "legend_of", "texts_of", "text_input", "textarea", "counter_of"}
    parts_of_parts |= {"select", "options_of", "date_parts", "link_list"}
    assert made - parts_of_parts == listed
