import re

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.office.design.letters import render_letter, render_text_as_html, tidy_text
from ridgeway.office.design.tests.test_prose import PIECES, Reader

LETTER = """{% block subject %}  {{ _("Sign out") }}:
 {{ title }}{% endblock %}
{% block text %}

Dear {{ name }},


# What happened
"{{ title }}" & more.
{% if link %}

{{ link }}
{% endif %}

* one
* two <b>

> quoted

{% endblock %}"""


@pytest.fixture
def letters(tmp_path):
    (tmp_path / "hall").mkdir()
    (tmp_path / "hall" / "letter.txt").write_text(LETTER, "utf-8")
    backend = {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [tmp_path],
        "OPTIONS": {"environment": "ridgeway.office.design.environment.build_environment"},
    }
    with override_settings(TEMPLATES=[backend]):
        yield


def write(**context):
    given = {"title": "Save <the> 'bees'", "name": "Ann", "link": "https://example.org/?a=1&b=2"}
    return render_letter("hall/letter.txt", given | context, language="en", site_name="Petitions & more")


def test_the_text_is_what_was_written_and_nothing_in_it_is_escaped(letters):
    letter = write()
    assert letter.subject == "Sign out: Save <the> 'bees'"
    assert letter.text == (
        "Dear Ann,\n\n# What happened\n\"Save <the> 'bees'\" & more.\n\nhttps://example.org/?a=1&b=2\n\n"
        "* one\n* two <b>\n\n> quoted\n"
    )


def test_the_html_says_the_same_and_everything_in_it_is_escaped(letters):
    html = write().html
    assert "<title>Sign out: Save &lt;the&gt; &#39;bees&#39;</title>" in html
    assert (
        '<h2 dir="auto">What happened</h2>\n<p dir="auto">&#34;Save &lt;the&gt; &#39;bees&#39;&#34; &amp; more.</p>'
        in html
    )
    assert '<a href="https://example.org/?a=1&amp;b=2"' in html
    assert '<ul><li dir="auto">one</li><li dir="auto">two &lt;b&gt;</li></ul>' in html
    assert "Petitions &amp; more" in html
    assert not re.search(r"<(img|script|link|iframe)", html)


def test_what_others_wrote_is_quoted_and_leads_nowhere():
    html = render_text_as_html("> Win at https://evil.example\n>\n> # now\n\nhttps://ours.example and evil.com")
    assert html.count("<a ") == 1
    assert 'href="https://ours.example"' in html
    assert '<blockquote dir="auto">Win at https://evil.example<br>\n<br>\n# now</blockquote>' in html


def test_a_letter_is_written_in_the_recipients_language(letters):
    letter = render_letter("hall/letter.txt", {"title": "x", "name": "y", "link": ""}, language="ar")
    assert letter.subject == "تسجيل الخروج: x"
    assert '<html lang="ar" dir="rtl">' in letter.html


def test_a_subject_never_breaks_its_line(letters):
    assert "\n" not in write(title="a\r\nBcc: all@example.org").subject


@given(PIECES)
def test_no_text_makes_a_tag_that_letters_do_not_have(text):
    seen = Reader(str(render_text_as_html(text)))
    assert seen.tags <= {"p", "br", "a", "ul", "li", "h2", "blockquote"}
    assert all(address.startswith(("http://", "https://")) for address in seen.addresses)


@given(st.text())
def test_tidying_twice_is_tidying_once(text):
    assert tidy_text(tidy_text(text)) == tidy_text(text)
