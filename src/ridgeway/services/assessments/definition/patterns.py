"""Patterns of codes and numbers that people are asked for, by name; a package names one and cannot bring its own.

Law: a pattern is matched against the normal form of an answer (`normalise_code`): upper case, without spaces, hyphens,
points and slashes. It uses only what means the same in Python and in JavaScript: characters, classes [...], groups,
alternatives and bounded repeats; it is anchored at both ends, and none of them can take long. Check digits are not
looked at: a wrong one is for whoever issues the number to tell.
Source:  the formats as their issuers publish them (Canada Post, Royal Mail, UPU, HMRC, ESDC, SSA, INSEE, BZSt, …).
"""

from collections.abc import Mapping
from typing import Final

DROPPED: Final = str.maketrans("", "", " \u00a0-./\u2010\u2011\u2012\u2013")
"""What people write for the eye alone."""


def anchored(source: str) -> str:
    """The pattern from the first to the last character."""
    return f"^(?:{source})$"


POSTAL_CODES: Final[Mapping[str, str]] = {
    country: anchored(source)
    for country, source in {
        "AE": "[0-9]{5}",
        "AT": "[1-9][0-9]{3}",
        "AU": "[0-9]{4}",
        "BE": "[1-9][0-9]{3}",
        "BR": "[0-9]{8}",
        "CA": "[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z][0-9][ABCEGHJ-NPRSTV-Z][0-9]",
        "CH": "[1-9][0-9]{3}",
        "CZ": "[1-7][0-9]{4}",
        "DE": "[0-9]{5}",
        "DK": "[0-9]{4}",
        "EE": "[0-9]{5}",
        "ES": "(?:0[1-9]|[1-4][0-9]|5[0-2])[0-9]{3}",
        "FI": "[0-9]{5}",
        "FR": "[0-9]{5}",
        "GB": "GIR0AA|[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][ABD-HJLNP-UW-Z]{2}",
        "IE": "(?:[AC-FHKNPRTV-Y][0-9]{2}|D6W)[0-9AC-FHKNPRTV-Y]{4}",
        "IN": "[1-9][0-9]{5}",
        "IS": "[0-9]{3}",
        "IT": "[0-9]{5}",
        "JP": "[0-9]{7}",
        "LT": "(?:LT)?[0-9]{5}",
        "LU": "(?:L)?[1-9][0-9]{3}",
        "LV": "(?:LV)?[0-9]{4}",
        "MX": "[0-9]{5}",
        "NL": "[1-9][0-9]{3}[A-Z]{2}",
        "NO": "[0-9]{4}",
        "NZ": "[0-9]{4}",
        "PL": "[0-9]{5}",
        "PT": "[1-9][0-9]{6}",
        "SE": "[1-9][0-9]{4}",
        "SG": "[0-9]{6}",
        "UA": "[0-9]{5}",
        "US": "[0-9]{5}(?:[0-9]{4})?",
        "ZA": "[0-9]{4}",
    }.items()
}
"""Postal codes by country; of AE, which has none, the five digits of a post office box are taken."""

POSTAL_PREFIXES: Final[Mapping[str, str]] = {
    country: anchored(source)
    for country, source in {
        "CA": "[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z]",
        "DE": "[0-9]{2}",
        "ES": "0[1-9]|[1-4][0-9]|5[0-2]",
        "FR": "[0-9]{2}",
        "GB": "[A-Z]{1,2}[0-9][A-Z0-9]?",
        "IE": "[AC-FHKNPRTV-Y][0-9]{2}|D6W",
        "IN": "[1-9][0-9]{2}",
        "JP": "[0-9]{3}",
        "NL": "[1-9][0-9]{3}",
        "PT": "[1-9][0-9]{3}",
        "US": "[0-9]{3}",
    }.items()
}
"""The part of a postal code that tells a district and not a street, by country."""

IDENTIFIERS: Final[Mapping[str, str]] = {
    name: anchored(source)
    for name, source in {
        "ae_emirates_id": "784[0-9]{12}",
        "be_national_number": "[0-9]{11}",
        "ca_business_number": "[0-9]{9}(?:R[CMPRTZ][0-9]{4})?",
        "ca_sin": "[0-9]{9}",
        "ch_ahv": "756[0-9]{10}",
        "de_steuer_id": "[1-9][0-9]{10}",
        "ee_isikukood": "[1-8][0-9]{10}",
        "es_dni_nie": "[0-9XYZ][0-9]{7}[A-Z]",
        "fi_henkilotunnus": "[0-9]{6}[A-FU-Y+]?[0-9]{3}[0-9A-FHJ-NPR-Y]",
        "fr_nir": "[1-478][0-9]{4}[0-9AB][0-9]{9}",
        "fr_siren": "[0-9]{9}",
        "fr_siret": "[0-9]{14}",
        "gb_national_insurance": "[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z][0-9]{6}[A-D]",
        "gb_nhs_number": "[0-9]{10}",
        "ie_pps": "[0-9]{7}[A-W][A-IW]?",
        "in_aadhaar": "[2-9][0-9]{11}",
        "in_pan": "[A-Z]{5}[0-9]{4}[A-Z]",
        "it_codice_fiscale": "[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]",
        "nl_bsn": "[0-9]{8,9}",
        "on_health_card": "[0-9]{10}(?:[A-Z]{1,2})?",
        "pl_pesel": "[0-9]{11}",
        "pt_nif": "[1-9][0-9]{8}",
        "se_personnummer": "(?:[0-9]{2})?[0-9]{6}[+]?[0-9]{4}",
        "us_ein": "[0-9]{9}",
        "us_ssn": "[0-8][0-9]{8}",
    }.items()
}
"""Numbers of people and bodies, by country and name."""

PHONE: Final = anchored("[+]?[0-9()]{5,20}(?:(?:EXT|X)[0-9]{1,6})?")
EMAIL: Final = "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:[.][A-Za-z0-9-]{1,63}){1,8}$"
"""Matched against the answer as it is, not its normal form."""

PATTERNS: Final[Mapping[str, str]] = (
    {name: IDENTIFIERS[name] for name in IDENTIFIERS}
    | {f"postal_code_{country.lower()}": source for country, source in POSTAL_CODES.items()}
    | {f"postal_prefix_{country.lower()}": source for country, source in POSTAL_PREFIXES.items()}
    | {"phone": PHONE}
)
"""Every pattern that an expression may name: `matches_pattern(code, "postal_prefix_ca")`."""


def normalise_code(text: str) -> str:
    """The normal form of a code: what patterns are matched against and what counts as the answer."""
    return text.strip().upper().translate(DROPPED)
