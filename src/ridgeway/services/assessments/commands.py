"""`ridgeway assessments …`: write packages, check them, run the service, look after it.

Law: thin functions that parse, call and print; they lie in `verbs/`, a file a group, each with its list `VERBS`.
"""

import importlib
import pkgutil

import click

from ridgeway.services.assessments import verbs


@click.group()
def assessments() -> None:
    """Self-assessments: questions as data, checked by machine, run anywhere, keeping nothing."""


for module in sorted(pkgutil.iter_modules(verbs.__path__), key=lambda each: each.name):
    for verb in getattr(importlib.import_module(f"{verbs.__name__}.{module.name}"), "VERBS", ()):
        assessments.add_command(verb)
