"""`ridgeway trust explain`: the state of this server's trust, from its anchor to each revocation answer.

Law: it looks at the world but changes nothing. Each source is asked now, and what it said is held against what was
proven before; the last result of the running process stands beside it.
Read next: `explain.py` for single files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ridgeway.errors import NetworkError, RidgewayError, TrustError
from ridgeway.http import HttpRefusal, fetch, parse_url
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.globalconf import TrustedConfiguration, anchor_hash, read_anchor, without_expired
from ridgeway.protocol.globalconf.disk import is_expired
from ridgeway.settings import Settings
from ridgeway.trust.download import Downloader, open_pool
from ridgeway.trust.explain import Knowledge
from ridgeway.trust.explain_certificate import explain_certificate, explain_validity
from ridgeway.trust.fetch import Fetcher, Memory
from ridgeway.trust.files import find_bytes
from ridgeway.trust.findings import Finding, bad, describe_moment, good, refused
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.ocsp_subjects import load_certificate
from ridgeway.trust.own import OwnCertificates
from ridgeway.trust.places import TrustPlaces, places_of
from ridgeway.trust.reports import read_status

NEXT_FETCH = "See why no newer one comes: the sources above."
MAX_ANSWER_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class State:
    """What was found of this server: the findings, and the trust if there is any."""

    findings: tuple[Finding, ...]
    trust: TrustSnapshot | None

    @property
    def usable(self) -> bool:
        """Whether nothing stands in the way."""
        return all(finding.usable for finding in self.findings)


def read_knowledge(settings: Settings, now: datetime) -> Knowledge:
    """What this server knows without asking anybody.

    Raises:  TrustError when it has no configuration.
    """
    keeper = TrustKeeper(settings)
    keeper.reload_if_changed(now)
    data = find_bytes(places_of(settings).anchor)
    sources = () if data is None else read_anchor(data).sources
    certificates = tuple(certificate for source in sources for certificate in source.certificates)
    return Knowledge(keeper.snapshot, keeper.ocsp_responses, certificates, now)


async def explain_state(settings: Settings, *, own_certificates: OwnCertificates, now: datetime) -> State:
    """Everything that can be said about this server's trust."""
    places = places_of(settings)
    keeper = TrustKeeper(settings)
    keeper.reload_if_changed(now)
    findings = [explain_anchor(places)]
    if findings[0].usable:
        findings += await explain_sources(settings, places, now)
    findings += [refused(f"configuration of {name or 'this server'}", fault) for name, fault in keeper.faults.items()]
    if keeper.whole is None:
        return State((*findings, explain_absence(keeper)), None)
    findings += explain_instances(keeper.whole, now)
    trust = without_expired(keeper.whole, now)
    findings += await explain_own(own_certificates, trust=trust, answers=keeper.ocsp_responses, now=now)
    findings += await explain_timestamping(settings, trust, now)
    return State(tuple(findings), trust)


def explain_anchor(places: TrustPlaces) -> Finding:
    """Whether there is an anchor to begin with."""
    data = find_bytes(places.anchor)
    words = f"anchor {places.anchor}"
    if data is None:
        return bad(words, "there is none", action="Get it from the authority, compare its hash, and put it there.")
    try:
        anchor = read_anchor(data)
    except TrustError as error:
        return refused(words, error)
    broken = [source.url for source in anchor.sources if not all(map(load_certificate, source.certificates))]
    if broken:
        return bad(words, f"a certificate for {', '.join(broken)} is none", who="the authority that made the anchor")
    return good(words, f"of {anchor.instance}, hash {anchor_hash(data)}")


async def explain_sources(settings: Settings, places: TrustPlaces, now: datetime) -> list[Finding]:
    """What each source says now, and what the running process last made of it.

    One source that works is enough, so one that does not is a fault only when none does.
    """
    async with open_pool(settings.trust) as pool:
        downloader = Downloader(pool, settings.trust)
        fetcher = Fetcher(places, downloader)
        anchor = fetcher.read_anchor()
        trusted = TrustedConfiguration(anchor, held=fetcher.find_held(anchor.instance, Memory()))
        findings = []
        for location in dict.fromkeys(each for group in trusted.list_locations(now) for each in group):
            words = f"source {location.url}"
            try:
                found = await downloader.download_directory(location, tags={})
                directory = trusted.accept_directory(found.data or b"", location=location, now=now)
            except (TrustError, NetworkError) as error:
                findings.append(refused(words, error))
                continue
            until = describe_moment(directory.expires_at, now)
            findings.append(good(words, f"serves version {directory.version}, until {until}"))
    if any(finding.usable for finding in findings):
        findings = [each if each.usable else good(each.subject, f"not used: {each.detail}") for each in findings]
    return [*findings, *explain_last_fetch(places, now)]


def explain_last_fetch(places: TrustPlaces, now: datetime) -> list[Finding]:
    """What the running process noted last."""
    status = read_status(places.status)
    if status is None:
        return []
    return [
        good(
            f"last look for {report.instance}",
            "; ".join(
                f"{attempt.url} {attempt.result} {describe_moment(attempt.at, now)}"
                + (f" ({attempt.code})" if attempt.code else "")
                for attempt in report.attempts
            )
            or "no address to try",
        )
        for report in status.instances
    ]


def explain_absence(keeper: TrustKeeper) -> Finding:
    """That there is no configuration at all."""
    return bad(
        f"configuration in {keeper.places.globalconf_dir}", "there is none", action="Fetch it: ridgeway trust fetch."
    )


def explain_instances(trust: TrustSnapshot, now: datetime) -> list[Finding]:
    """How old each instance's configuration is."""
    findings = []
    for name, instance in trust.instances.items():
        words = f"configuration of {name}"
        until = "never" if instance.expires_at is None else describe_moment(instance.expires_at, now)
        if not is_expired(instance, now):
            findings.append(good(words, f"version {instance.version}, until {until}"))
        elif name == trust.own_instance:
            findings.append(bad(words, f"it expired {until}; no message is exchanged", action=NEXT_FETCH))
        else:
            findings.append(bad(words, f"it expired {until}; its members are strangers now", action=NEXT_FETCH))
    return findings


async def explain_own(
    own_certificates: OwnCertificates, *, trust: TrustSnapshot, answers: Mapping[str, bytes], now: datetime
) -> list[Finding]:
    """Whether this server's own certificates can be used."""
    try:
        own = await own_certificates()
    except RidgewayError as error:
        return [refused("own certificates", error)]
    if not own:
        return [bad("own certificates", "there is none", action="Make keys, order certificates and import them.")]
    return [
        finding
        for each in own
        for finding in explain_certificate(each.certificate, trust=trust, answers=answers, now=now)
    ]


async def explain_timestamping(settings: Settings, trust: TrustSnapshot, now: datetime) -> list[Finding]:
    """Whether the approved time-stamping services can be used."""
    if not trust.own.timestamping_services:
        detail = "none is approved, so no message can be stamped"
        return [bad("time-stamping", detail, who="the authority that governs the instance")]
    findings = []
    async with open_pool(settings.trust) as pool:
        for service in trust.own.timestamping_services:
            words = f"time-stamping service {service.name}"
            certificate = load_certificate(service.certificate)
            if certificate is None:
                findings.append(bad(words, "its certificate is none", who="the authority that governs the instance"))
                continue
            findings.append(explain_validity(words, certificate, now))
            try:
                await fetch(pool, "GET", parse_url(service.url), max_bytes=MAX_ANSWER_BYTES)
            except NetworkError as error:
                findings.append(refused(words, error))
            except (HttpRefusal, ValueError) as error:
                findings.append(bad(words, f"{service.url}: {error}"))
            else:
                findings.append(good(words, f"{service.url} answers"))
    return findings
