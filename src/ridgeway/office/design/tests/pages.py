"""Templates drawn without a site: `draw("{{ 1|number }}")`."""

from django.conf import settings

from ridgeway.office.design.environment import build_environment

IMPORT = '{% import "design/parts.html" as parts %}'


def draw(template, **context):
    """What `template` says, all parts at hand."""
    assert settings.configured
    return build_environment().from_string(IMPORT + template).render(**context)
