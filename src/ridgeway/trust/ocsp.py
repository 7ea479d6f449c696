"""Revocation answers for this server's own certificates, fetched before anybody asks for them.

Law: an answer is kept only when it is authentic for its certificate, and then even when it says `revoked`, for peers
must see that too. One that is older than the instance's freshness rule is deleted. Each certificate has its own time:
after a success half the freshness, or the instance's fetch interval if that is shorter; after a failure a short retry.
Intermediate authorities under an approved one have their answers fetched as well; roots have none.
Source: PR-MESSTRANSP §4 (OCSP); the signer of X-Road 7.8. Read next: `ocsp_answers.py`.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from ridgeway.errors import CertificateError, NetworkError, RidgewayError
from ridgeway.http import ClientTls, HttpRefusal, Pool, fetch, parse_url
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.settings import CostStrategy
from ridgeway.trust.files import find_bytes, folder_lock, take_fingerprint, write_files
from ridgeway.trust.keeper import MAX_OCSP_BYTES, OCSP_SUFFIX
from ridgeway.trust.ocsp_answers import GOOD, assess_answer, find_answer, write_request
from ridgeway.trust.ocsp_subjects import Subject, describe_subject, list_responders, list_subjects
from ridgeway.trust.own import OwnCertificates
from ridgeway.trust.places import TrustPlaces

REQUEST_SECONDS = 60.0
OCSP_HEADERS = [("Content-Type", "application/ocsp-request"), ("Accept", "application/ocsp-response")]


@dataclass(frozen=True, slots=True)
class OcspResult:
    """What came of one certificate."""

    name: str
    subject: str
    worked: bool
    detail: str = ""

    @property
    def sentence(self) -> str:
        """The result in words."""
        return f"{self.subject}: {self.detail}"


@dataclass(frozen=True, slots=True)
class OcspReport:
    """One round: the certificates that were due, and the files that were dropped."""

    results: tuple[OcspResult, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(slots=True)
class OcspKeeper:
    """Keeps the folder of revocation answers."""

    places: TrustPlaces
    pool: Pool
    own_certificates: OwnCertificates
    due: dict[str, datetime] = field(default_factory=dict)
    tls: ClientTls = field(default_factory=ClientTls)

    async def refresh(self, trust: TrustSnapshot, now: datetime) -> OcspReport:
        """Every answer that was due is fetched, every stale or strange file gone.

        Raises:  WorldError when the own certificates cannot be asked for; answers on disk stay until they are stale.
        """
        dropped = self.drop_stale(trust, now)
        own = await self.own_certificates()
        subjects = list_subjects((each.certificate for each in own), trust)
        for name in set(self.due) - {subject.name for subject in subjects}:
            del self.due[name]
        due = [subject for subject in subjects if self.is_due(subject, now)]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self.refresh_one(subject, trust, now)) for subject in due]
        return OcspReport(tuple(task.result() for task in tasks), dropped)

    def is_due(self, subject: Subject, now: datetime) -> bool:
        """Whether the answer must be fetched: it is time, or there is none."""
        return now >= self.due.get(subject.name, now) or not self.path_of(subject).exists()

    async def refresh_one(self, subject: Subject, trust: TrustSnapshot, now: datetime) -> OcspResult:
        """One certificate's answer is fetched and kept, or the reason noted and the next time set."""
        words = describe_subject(subject.certificate)
        try:
            answer, status = await self.fetch_answer(subject, trust, now)
        except RidgewayError as error:
            self.due[subject.name] = now + timedelta(seconds=self.places.limits.ocsp_retry_seconds)
            return OcspResult(subject.name, words, worked=False, detail=error.detail)
        with folder_lock(self.places.ocsp_dir):
            write_files(self.places.ocsp_dir, {self.path_of(subject).name: answer})
        period = min(trust.ocsp_fetch_interval_seconds, trust.ocsp_freshness_seconds / 2)
        self.due[subject.name] = now + timedelta(seconds=period)
        return OcspResult(subject.name, words, worked=status == GOOD, detail=f"the authority says: {status}")

    async def fetch_answer(self, subject: Subject, trust: TrustSnapshot, now: datetime) -> tuple[bytes, str]:
        """An authentic answer and what it says, from the first responder that gives one.

        Raises:  CertificateError, NetworkError of the last responder tried.
        """
        strategy = self.places.limits.ocsp_cost_strategy
        failure: RidgewayError = NetworkError("network_error", nobody_to_ask(subject, strategy))
        request = write_request(subject)
        for url in list_responders(subject, instance=trust.own, strategy=strategy):
            try:
                answer = await self.ask(url, request)
                status = assess_answer(answer, subject, trust=trust, now=now)
            except (NetworkError, CertificateError) as error:
                failure = type(error)(error.code, f"{url}: {error.detail}", action=error.action)
                continue
            return answer, status
        raise failure

    async def ask(self, url: str, request: bytes) -> bytes:
        """The bytes that a responder answers.

        Raises:  NetworkError.
        """
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                target = parse_url(url, tls=self.tls)
                response = await fetch(
                    self.pool, "POST", target, OCSP_HEADERS, request, max_bytes=MAX_OCSP_BYTES, may_retry=True
                )
        except (TimeoutError, HttpRefusal, ValueError) as error:
            raise NetworkError("network_error", f"The responder did not answer as it should: {error}.") from error
        if response.status != 200:
            raise NetworkError("network_error", f"The responder answered {response.status} {response.reason}.")
        return response.body

    def drop_stale(self, trust: TrustSnapshot, now: datetime) -> tuple[str, ...]:
        """No answer older than the freshness rule is on disk."""
        oldest = now - timedelta(seconds=trust.ocsp_freshness_seconds)
        stale = []
        for name, *_ in take_fingerprint(self.places.ocsp_dir):
            path = self.places.ocsp_dir / name
            answer = find_answer(find_bytes(path) or b"")
            is_stale = answer is None or answer.single.this_update_utc < oldest
            if path.suffix == OCSP_SUFFIX and is_stale:
                path.unlink(missing_ok=True)
                stale.append(name)
        return tuple(stale)

    def path_of(self, subject: Subject) -> Path:
        """The file of a certificate's answer."""
        return self.places.ocsp_dir / f"{subject.name}{OCSP_SUFFIX}"


def nobody_to_ask(subject: Subject, strategy: CostStrategy) -> str:
    """Why no responder is asked."""
    if subject.issuer.responders and strategy is not CostStrategy.NONE:
        return f"No responder of its issuer is one of those that trust.ocsp_cost_strategy = {strategy} asks."
    return "No responder is named for its issuer."
