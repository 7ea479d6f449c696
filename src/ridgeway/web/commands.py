"""`ridgeway web …`: serve a site, bring the tables up to date, list the sites, judge a theme."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from django.core.management import call_command

from ridgeway.office.design.contrast import assess_theme
from ridgeway.settings import Settings
from ridgeway.web.run import run_site
from ridgeway.web.setup import setup_django
from ridgeway.web.sites import get_site, list_sites
from ridgeway.web.theme import find_theme_sheet

TOKENS = Path(__file__).parents[1] / "office" / "design" / "static" / "design" / "tokens.css"


@click.group()
def web() -> None:
    """The sites of this deployment."""


@web.command()
@click.argument("site")
@click.pass_context
def run(ctx: click.Context, site: str) -> None:
    """Serve SITE, as `petitions` or `desk`, until told to stop."""
    settings: Settings = ctx.obj
    file: Path | None = ctx.find_root().params.get("settings_file")
    run_site(settings, get_site(settings, site), settings_file=file)


@web.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def sites(settings: Settings, as_json: bool) -> None:
    """List the sites, with their addresses."""
    rows = [{k: v for k, v in asdict(site).items() if k != "service"} for site in list_sites(settings).values()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"{row['name']:<12} {row['address']}  (listens at {row['host']}:{row['port']})")


@web.command()
@click.option("--verbose", is_flag=True, help="Name each step.")
@click.pass_obj
def migrate(settings: Settings, verbose: bool) -> None:
    """Bring the tables of accounts, audit and services up to date; safe to repeat."""
    setup_django(settings, room="office")
    call_command("migrate", verbosity=1 if verbose else 0, interactive=False)
    click.echo("The tables are up to date.")


@web.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def theme(ctx: click.Context, file: Path | None, as_json: bool) -> None:
    """Say which colours of the theme FILE (of web.theme, without one) cannot be read; 1 when any cannot."""
    sheet = file or find_theme_sheet(ctx.obj)
    sheets = [TOKENS, sheet] if sheet else [TOKENS]
    found = assess_theme(*(each.read_text("utf-8") for each in sheets))
    if as_json:
        click.echo(json.dumps([asdict(weakness) for weakness in found], indent=2))
    else:
        for weakness in found:
            click.echo(str(weakness))
        click.echo("Every pair of colours can be read." if not found else f"{len(found)} pairs are too weak.")
    ctx.exit(1 if found else 0)
