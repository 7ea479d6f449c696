"""The words of the engines' own: buttons, faults, headings, in English by id; `{0}` is what is put in.

Law: this list only grows, and is kept in the order of its ids. Other languages come from this service's catalogue
(`locale/`), and a package may bring its own (msgctxt `word.ID`).
"""

import gettext
import io
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from ridgeway.services.assessments.definition.files import read_own_catalogue

PREFIX: Final = "word."


def gettext_noop(text: str) -> str:
    """The text as it is; found by the tool that gathers texts for translators."""
    return text


_ = gettext_noop

WORDS: Final[Mapping[str, str]] = {
    "add_another": _("Add another?"),
    "again_expired": _(
        "Your answers were kept for {0} minutes, and that time is over. They are gone; nobody else has them."
    ),
    "again_missing": _("There are no answers in this browser. They may have been deleted, or their time is over."),
    "again_title": _("Your answers are not here"),
    "again_unreadable": _("The answers in this browser cannot be read any more."),
    "amount": _("Amount"),
    "another_device": _("Continue on another device"),
    "approximate_hint": _("If you do not know the day, leave it empty."),
    "arrive_error": _("This code is not complete, or its hour is over. Make a new one on the first device."),
    "arrive_label": _("Code from your other device"),
    "arrive_text": _("Paste the code that your other device shows. Your answers then are on this device, too."),
    "arrive_title": _("Go on with your answers here"),
    "back": _("Back"),
    "because": _("Why this result"),
    "calendar": _("Add to your calendar"),
    "change": _("Change"),
    "change_what": _("Change your answer: {0}"),
    "check_title": _("Check your answers"),
    "continue": _("Continue"),
    "could_not_load": _("This page could not be loaded whole. Load it again, or use the ordinary pages."),
    "day": _("Day"),
    "days": _("days"),
    "delete_answers": _("Delete my answers"),
    "device_scan": _("Scan this picture with the other device."),
    "device_text": _("Your answers are in this code, and only this site can read it. It works for one hour."),
    "device_title": _("Go on with another device"),
    "device_type": _("Or open this address there, and paste the code below:"),
    "diagram_otherwise": _("otherwise"),
    "diagram_passed_over": _("when it is not needed"),
    "dropped": _("These answers no longer count:"),
    "ended_title": _("This check has ended"),
    "error_choose": _("Choose an answer"),
    "error_choose_at_least_one": _("Choose at least one answer"),
    "error_choose_none_alone": _("Choose either “{0}” or the others"),
    "error_code": _("Check what you wrote: {0} does not have the right form"),
    "error_date": _("Write a real date, for example 27 3 2026"),
    "error_date_day": _("The date needs a day"),
    "error_date_month": _("The date needs a month"),
    "error_date_year": _("The date needs a year"),
    "error_email": _("Write an e-mail address, for example name@example.org"),
    "error_empty": _("Write an answer"),
    "error_list": _("Choose one from the list"),
    "error_number": _("Write a number in digits"),
    "error_number_decimals": _("Write a number with at most {0} digits after the point"),
    "error_number_whole": _("Write a whole number"),
    "error_phone": _("Write a telephone number in digits"),
    "error_prefix": _("Error:"),
    "error_too_early": _("The date must be {0} or later"),
    "error_too_high": _("The number must be {0} or less"),
    "error_too_late": _("The date must be {0} or earlier"),
    "error_too_long": _("Write at most {0} characters"),
    "error_too_low": _("The number must be {0} or more"),
    "error_unit": _("Choose a unit"),
    "error_unknown_alone": _("Write an answer or choose “{0}”, not both"),
    "error_year": _("Write a year in four digits"),
    "extended": _("You have more time: your answers stay in this browser until {0}."),
    "idle_stay": _("Yes, I need more time"),
    "idle_text": _("Your answers are deleted if nothing happens for a while."),
    "idle_title": _("Are you still there?"),
    "keep_longer": _("Give me more time"),
    "kept_until": _("Your answers stay in this browser until {0}. Every page that you open or send adds time."),
    "kept_until_page": _("Your answers stay on this page until {0}. Every page that you send adds time."),
    "languages": _("Languages"),
    "leave": _("Leave this page now"),
    "mattered": _("The answers that led to it"),
    "minutes": _("It takes about {0} minutes."),
    "month": _("Month"),
    "months": _("months"),
    "moved": _("That page comes later. Please answer this one first."),
    "needs_script": _("This page needs JavaScript, and yours is switched off."),
    "next_steps": _("What to do next"),
    "no": _("No"),
    "no_outcome_text": _("The rules give no result for your answers. Please ask the publisher."),
    "no_outcome_title": _("There is no result for these answers"),
    "none": _("None of these"),
    "not_answered": _("Not answered"),
    "not_translated": _("Not yet translated:"),
    "not_yet_text": _("You can use it from {0}."),
    "not_yet_title": _("This check has not begun yet"),
    "nothing_sent": _("Nothing that you answer here leaves this device."),
    "on_behalf_title": _("Are you answering for somebody else?"),
    "one_file": _("Download it as one file that works without the internet"),
    "optional": _("(optional)"),
    "or": _("or"),
    "page_not_carried": _(
        "Your browser keeps no cookies here, so your answers travel in the pages. Use the buttons on them."
    ),
    "partly_in": _("Part of this page is not translated yet. It is in this language: {0}"),
    "per_month": _("a month"),
    "per_two_weeks": _("every two weeks"),
    "per_week": _("a week"),
    "per_year": _("a year"),
    "preview": _("Preview: this version is not public. Nothing is counted."),
    "print": _("Print this page"),
    "privacy_counted": _("We count how often each page and each result is seen, never who saw it."),
    "privacy_not_counted": _("Nothing is counted."),
    "privacy_not_stored": _("Your answers are not stored."),
    "private_mode": _("Answer on your device alone, with nothing sent"),
    "problem_title": _("There is a problem"),
    "published_by": _("Published by {0}."),
    "restart": _("Start again"),
    "rule": _("The rule"),
    "rule_input": _("What was looked at"),
    "rule_test": _("What the rule asks for"),
    "rule_value": _("What was found"),
    "seen_version": _("Version {0}, seen on {1}"),
    "skip": _("Skip to main content"),
    "start": _("Start now"),
    "too_long": _("Your answers are too long to be carried. Shorten what you wrote."),
    "unit": _("Unit"),
    "unknown": _("I don't know"),
    "unknown_value": _("not known"),
    "updated": _("This check has changed since you began. Please start again."),
    "updated_kept": _("This check has changed since you began. Your answers were kept where they still fit."),
    "version": _("Version {0} of {1}"),
    "weeks": _("weeks"),
    "why": _("Why we ask"),
    "works_offline": _("It now works without the internet, too."),
    "year": _("Year"),
    "years": _("years"),
    "yes": _("Yes"),
    "your_answers": _("Your answers"),
}


def list_words(language: str, own: Mapping[str, str]) -> dict[str, str]:
    """Every word in a language, `own` (by id, the package's) first; English stands in for what is missing."""
    translations = find_translations(language)
    return {key: own.get(key) or translations.get(english, english) for key, english in WORDS.items()}


@lru_cache(maxsize=64)
def find_translations(language: str) -> Mapping[str, str]:
    """What this service's own catalogue says for each English word of ours."""
    data = read_own_catalogue(language)
    if data is None:
        return {}
    catalogue = gettext.GNUTranslations(io.BytesIO(data))
    return {english: catalogue.gettext(english) for english in WORDS.values()}
