"""`ridgeway trust`: run, fetch, show, explain; `anchor_commands.py` has those of the anchor.

Law: thin functions: parse, call, print. Exit 0 done or usable, 1 refused or not usable, 2 misused, 3 the world failed.
How the signer is asked for this server's certificates comes from outside (`cli/trust.py`), as this room does not know
it.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import msgspec

from ridgeway.http import run as run_loop
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.settings import Settings
from ridgeway.trust.anchor_commands import anchor
from ridgeway.trust.clock import read_clock
from ridgeway.trust.download import Downloader, open_pool, read_source_tls
from ridgeway.trust.explain import MAX_FILE_BYTES, explain_bytes
from ridgeway.trust.explain_state import explain_state, read_knowledge
from ridgeway.trust.fetch import Fetcher
from ridgeway.trust.findings import Finding
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.own import OwnCertificates, no_certificates
from ridgeway.trust.places import places_of
from ridgeway.trust.reports import FetchReport, InstanceReport, write_status
from ridgeway.trust.run import run_trust

AskSigner = Callable[[Settings], OwnCertificates]


def no_signer(_settings: Settings) -> OwnCertificates:
    """A server without a signer."""
    return no_certificates


def build_trust_command(ask_signer: AskSigner = no_signer) -> click.Group:
    """The command, with the way to the signer that the caller knows."""

    @click.group()
    def trust() -> None:
        """Fetch, show and explain the global configuration."""

    @trust.command()
    @click.pass_obj
    def run(settings: Settings) -> None:
        """Keep the configuration and revocation answers fresh, until told to stop."""
        logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        run_loop(run_trust(settings, own_certificates=ask_signer(settings)))

    @trust.command()
    @click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
    @click.pass_obj
    def fetch(settings: Settings, as_json: bool) -> None:
        """Fetch the configuration once; say what changed."""
        report = asyncio.run(fetch_once(settings))
        print_report(report, as_json=as_json)
        report.own.raise_error()

    @trust.command()
    @click.option("--json", "as_json", is_flag=True, help="Print the trust as JSON.")
    @click.pass_obj
    def show(settings: Settings, as_json: bool) -> None:
        """Print whom this server trusts now."""
        keeper = TrustKeeper(settings)
        keeper.reload_if_changed(read_clock())
        summary = summarise(keeper.snapshot) | {"ocsp_responses": sorted(keeper.ocsp_responses)}
        print_json(summary) if as_json else print_summary(summary)

    @trust.command()
    @click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
    @click.pass_obj
    def explain(settings: Settings, files: tuple[Path, ...], as_json: bool) -> None:
        """Say why FILES can or cannot be used here; without FILES, how this server's trust is.

        A file is a certificate (PEM or DER), a revocation answer, a time-stamp, or a piece of the configuration.
        """
        found = explain_files(settings, files) if files else asyncio.run(explain_here(settings, ask_signer(settings)))
        print_findings(found, as_json=as_json)
        sys.exit(0 if all(finding.usable for finding in found) else 1)

    trust.add_command(anchor)
    return trust


async def fetch_once(settings: Settings) -> FetchReport:
    """One look at every source, noted on disk."""
    places = places_of(settings)
    async with open_pool(settings.trust) as pool:
        tls = read_source_tls(places.source_certificates)
        report = await Fetcher(places, Downloader(pool, settings.trust, tls)).fetch(read_clock())
    write_status(places.status, report)
    return report


def explain_files(settings: Settings, files: Iterable[Path]) -> list[Finding]:
    """What can be said about each file."""
    known = read_knowledge(settings, read_clock())
    found: list[Finding] = []
    for path in files:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise click.UsageError(f"{path} has more than {MAX_FILE_BYTES} bytes.")
        found += explain_bytes(path.read_bytes(), known)
    return found


async def explain_here(settings: Settings, own_certificates: OwnCertificates) -> list[Finding]:
    """What can be said about this server."""
    state = await explain_state(settings, own_certificates=own_certificates, now=read_clock())
    return list(state.findings)


def summarise(trust: TrustSnapshot) -> dict[str, Any]:
    """The trust in a few values."""
    return {
        "own_instance": trust.own_instance,
        "timestamping_interval_seconds": trust.timestamping_interval_seconds,
        "ocsp_fetch_interval_seconds": trust.ocsp_fetch_interval_seconds,
        "ocsp_freshness_seconds": trust.ocsp_freshness_seconds,
        "instances": {
            name: {
                "version": instance.version,
                "expires_at": instance.expires_at,
                "certification_services": [service.name for service in instance.certification_services],
                "timestamping_services": [service.name for service in instance.timestamping_services],
                "members": [str(member) for member in instance.members],
                "servers": {str(server.id): server.address for server in instance.servers.values()},
                "groups": [str(group) for group in instance.groups],
            }
            for name, instance in trust.instances.items()
        },
    }


def print_summary(value: dict[str, Any], indent: str = "") -> None:
    """A summary as indented lines."""
    for name, item in value.items():
        if isinstance(item, dict):
            print(f"{indent}{name}:")
            print_summary(item, indent + "  ")
        elif isinstance(item, list):
            print(f"{indent}{name}: {', '.join(item) or 'none'}")
        else:
            print(f"{indent}{name}: {item}")


def print_json(value: object) -> None:
    """One value as JSON."""
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_report(report: FetchReport, *, as_json: bool) -> None:
    """What a fetch found."""
    if as_json:
        print_json(report)
        return
    for instance in report.instances:
        print(describe_report(instance))
        for attempt in instance.attempts:
            reason = "" if attempt.worked else f": {attempt.code}: {attempt.detail}"
            print(f"  {attempt.url} {attempt.result}{reason}")
    for folder in report.removed:
        print(f"{folder}: removed, no longer trusted or allowed")


def describe_report(report: InstanceReport) -> str:
    """One instance as one line."""
    changed = f": {', '.join(report.changed)}" if report.changed else ""
    until = f", until {report.expires_at:%Y-%m-%d %H:%M:%S} UTC" if report.expires_at else ""
    return f"{report.instance}: {report.result}{until}{changed}"


def print_findings(findings: Iterable[Finding], *, as_json: bool) -> None:
    """Each finding as a line."""
    if as_json:
        print_json(list(findings))
        return
    for finding in findings:
        print(finding.sentence)


trust = build_trust_command()
