"""What the verbs share: the option for JSON, the argument for packages, and how an outcome is told."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
package_argument = click.argument("package", type=click.Path(exists=True, path_type=Path))
packages_argument = click.argument("packages", nargs=-1, type=click.Path(exists=True, path_type=Path))


def tell(said: Mapping[str, Any] | list[Any], *, as_json: bool, sentence: str) -> None:
    """The outcome: as JSON, or as a sentence."""
    click.echo(json.dumps(said, default=str, ensure_ascii=False) if as_json else sentence)
