"""`up` and `serve`: the service alone, and a preview for those who write a package."""

import asyncio
import json
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from django.conf import settings as django_settings
from django.utils import timezone

from ridgeway.office.people.first import First
from ridgeway.processes import require_free_port
from ridgeway.processes.alone import OTHER_PORTS, Stopped, claimed, keep_to_oneself, start_over_in, stay_up
from ridgeway.services.assessments.deployment import read_own_settings
from ridgeway.services.assessments.operating.preparing import prepare, put_live
from ridgeway.services.assessments.operating.reading import Checked, read_checked
from ridgeway.services.assessments.operating.running import (
    HOST,
    LOCK_FILE,
    list_parts,
    list_places,
    list_preview_parts,
    preview_folder,
    write_settings,
)
from ridgeway.services.assessments.operating.samples import list_samples
from ridgeway.services.assessments.verbs.telling import as_json, packages_argument
from ridgeway.settings import DEFAULT_FILE, Settings

DEFAULT_STATE = Path("state/assessments")
DEFAULT_PORT = 8430
FIRST_ADMIN = "admin@health.example"
PORTS = click.IntRange(1024, 65000)


with_admin = click.option(
    "--admin", default=FIRST_ADMIN, show_default=True, metavar="EMAIL", help="Of the first administrator."
)


@click.command("prepare")
@with_admin
@as_json
def prepare_service(*, admin: str, as_json: bool) -> None:
    """Make the tables and a first administrator; safe to repeat."""
    made = prepare(email=admin, now=timezone.now())
    lines = ["The service is ready.", f"  administrator          {made.email}"]
    lines += [f"  password (shown once)  {made.password}"] if made.password else []
    click.echo(json.dumps(asdict(made)) if as_json else "\n".join(lines))


@click.command()
@packages_argument
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help=f"Folder of the service; default {DEFAULT_STATE}, or that of ./{DEFAULT_FILE} where there is one.",
)
@click.option("--port", type=PORTS, default=DEFAULT_PORT, show_default=True, help="Public; desk: +1.")
@with_admin
@click.option("--once", is_flag=True, help="Start, then stop.")
@click.option("--here", is_flag=True, hidden=True, help="The settings that were read are those of the folder.")
@as_json
@click.pass_context
def up(
    ctx: click.Context,
    *,
    packages: tuple[Path, ...],
    state: Path | None,
    port: int,
    admin: str,
    once: bool,
    here: bool,
    as_json: bool,
) -> None:
    """Check PACKAGES (the samples, without any) and serve them alone: site, desk, worker; until Ctrl-C."""
    began = time.monotonic()
    keep_to_oneself()
    named: Path | None = ctx.find_root().params.get("settings_file")
    has_settings = here or named is not None or (state is None and Path(DEFAULT_FILE).exists())
    if not has_settings:
        file = write_settings(state or DEFAULT_STATE, port=port)
        flags = [name for name, is_given in (("--once", once), ("--json", as_json)) if is_given]
        arguments = ["--admin", admin, *flags, *(str(path.resolve()) for path in packages)]
        start_over_in(file.parent, "assessments", arguments)
    checked = [read_checked(path) for path in packages or list_samples()]
    settings: Settings = django_settings.RIDGEWAY_SETTINGS
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    before = ("--settings", str(named.resolve())) if named is not None else ()
    with claimed(settings.state_dir, LOCK_FILE, list_places(settings)):
        now = timezone.now()
        administrator = prepare(email=admin, now=now)
        told = describe(settings, checked, administrator, now=now)
        parts = list_parts(settings.state_dir.resolve(), before)

        async def live(stopped: Stopped) -> None:
            tell(told, began=began, is_json=as_json)
            if not once:
                await stopped

        asyncio.run(stay_up(parts, live))


def describe(settings: Settings, checked: list[Checked], admin: First, *, now: datetime) -> dict[str, Any]:
    """The packages are live; what people need to know of it."""
    site = read_own_settings().address
    versions = put_live(checked, now=now)
    return {
        "site": site,
        "desk": settings.web.desk_address,
        "state": str(settings.state_dir.resolve()),
        "admin": asdict(admin),
        "packages": [
            {"id": each.package, "version": each.version, "digest": each.digest, "address": f"{site}/{each.package}/"}
            for each in versions
        ],
    }


def tell(told: dict[str, Any], *, began: float, is_json: bool) -> None:
    """The addresses, once everything answers."""
    seconds = time.monotonic() - began
    if is_json:
        click.echo(json.dumps(told | {"seconds": round(seconds, 1)}))
        return
    admin = told["admin"]
    lost = f"(lost the password? ridgeway people set-password {admin['email']})"
    lines = [f"  {name:<22}  {told[name]}" for name in ("site", "desk", "state")]
    lines.append(f"  {'administrator':<22}  {admin['email']} {'' if admin['password'] else lost}".rstrip())
    lines += [f"  {'password (shown once)':<22}  {admin['password']}"] if admin["password"] else []
    lines += [f"  {each['id']:<22}  {each['address']}  {each['version']}" for each in told["packages"]]
    click.echo("\n".join([*lines, f"Up after {seconds:.1f} s. Stop with Ctrl-C."]))


@click.command()
@click.argument("package", type=click.Path(exists=True, path_type=Path))
@click.option("--port", type=PORTS, default=DEFAULT_PORT + 5, show_default=True)
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day that the rules take for today.")
@as_json
def serve(*, package: Path, port: int, today: datetime | None, as_json: bool) -> None:
    """Preview PACKAGE while it is written: pages load themselves again, faults stand in them, nothing is counted."""
    require_free_port(HOST, port, action=OTHER_PORTS)
    day = today.date().isoformat() if today else ""
    told = {"site": f"http://localhost:{port}", "package": str(package), "today": day}

    async def live(stopped: Stopped) -> None:
        sentence = f"{package} at {told['site']}/{f', as of {day}' if day else ''}. Stop with Ctrl-C."
        click.echo(json.dumps(told) if as_json else sentence)
        await stopped

    with preview_folder(package, port=port, today=day) as folder:
        asyncio.run(stay_up(list_preview_parts(folder, port=port), live))


VERBS = (up, serve, prepare_service)
