"""The pages that staff write."""

from django.conf import settings

from ridgeway.services.petitions.models import Page


def find_page(slug: str, language: str) -> Page | None:
    """The page in this language, else in the site's own, else in any; None where nobody has written it."""
    pages = {page.language: page for page in Page.objects.filter(slug=slug).order_by("pk")}
    return pages.get(language) or pages.get(settings.LANGUAGE_CODE) or next(iter(pages.values()), None)
