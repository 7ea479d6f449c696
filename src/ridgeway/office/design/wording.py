"""Words that are kept as data, in the language of the page where a catalogue knows them.

Law: what staff write is shown as they wrote it; what came with a service (names of topics, reasons, ministries) stands
in its catalogue, because `scripts/locale` reads its founding tables too. Places with a code of ISO 3166 are named by
CLDR.
"""

from django.utils.translation import gettext

from ridgeway.office.design.formats import active_locale


def translate_data(text: object) -> str:
    """`text` in the language of the page, or as it is."""
    said = str(text or "")
    return gettext(said) if said else ""


def name_place(code: str, name: str = "") -> str:
    """The name of a country or another place in the language of the page, or as it is stored."""
    return str(active_locale().territories.get(code) or translate_data(name) or code)
