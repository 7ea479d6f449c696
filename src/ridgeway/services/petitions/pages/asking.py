"""What the forms of a page need to know of the site."""

from django.utils import timezone
from django.utils.translation import gettext

from ridgeway.services.petitions.forms.person import Asked
from ridgeway.services.petitions.models import SiteSettings
from ridgeway.services.petitions.queries.countries import list_countries
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.rules.spelling import find_likely_address


def describe_asked(site: SiteSettings | None = None) -> Asked:
    """Where home is, which countries there are today, and what addresses are taken."""
    site = site or read_site()
    countries = list_countries(home_code=site.country_code, on=timezone.localdate())
    return Asked(site.country_code, countries, site.allows_plus_addresses)


def say_likely(email: str) -> str:
    """A question for somebody who likely mistyped an address; empty when nothing looks wrong."""
    likely = find_likely_address(email)
    return (
        "" if likely is None else gettext("Did you mean %(address)s? Check your email address.") % {"address": likely}
    )
