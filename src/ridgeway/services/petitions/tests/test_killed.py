"""Archiving and making anonymous are killed at random moments and given again: the end is the same, nothing is lost."""

# ruff: noqa: F811 - fixtures are taken by name

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from django.db import connections
from django.utils import timezone

from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401 - fixtures
from ridgeway.services.petitions.models import Parliament, Petition, Signature
from ridgeway.services.petitions.states import SignatureState, State
from ridgeway.services.petitions.tests.cast import found_site
from ridgeway.services.petitions.writer.recounting import recount

PETITIONS, SIGNATURES, KILLS = 800, 8_000, 3


def fill(ended_at: timedelta) -> Parliament:
    """A dissolved Parliament with many petitions and signatures."""
    found_site()
    now = timezone.now()
    Parliament.objects.update(dissolution_at=now - ended_at)
    parliament = Parliament.objects.get()
    made = Petition.objects.bulk_create(
        Petition(
            action=f"Petition {number}",
            background="Because.",
            state=State.CLOSED,
            sponsor_token=f"token {number}",
            parliament=parliament,
            signature_count=0,
            do_not_anonymize=number % 300 == 3,
            created_at=now - timedelta(days=500),
            updated_at=now - timedelta(days=500),
            closed_at=now - timedelta(days=300),
        )
        for number in range(PETITIONS)
    )
    Signature.objects.bulk_create(
        (
            Signature(
                petition=made[number % PETITIONS],
                name=f"Person {number}",
                email=f"person{number}@mail.example",
                canonical_email=f"person{number}@mail.example",
                state=SignatureState.VALIDATED,
                created_at=now - timedelta(days=400),
                updated_at=now - timedelta(days=400),
                validated_at=now - timedelta(days=400),
            )
            for number in range(SIGNATURES)
        ),
        batch_size=2000,
    )
    return parliament


def repeat_until_done(folder: Path, *arguments: str, seed: int) -> int:
    """The command was killed some times and given again until it ended; how often it was killed."""
    connections.close_all()
    draw, kills = random.Random(seed), 0
    command = [sys.executable, "-m", "ridgeway.cli", "petitions", *arguments]
    for _ in range(KILLS * 4):
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if kills < KILLS:
            time.sleep(draw.uniform(0.7, 1.6))
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
        if process.wait(90) == 0:
            return kills
    raise AssertionError("it never ended")


def test_archiving_that_is_killed_at_random_moments_ends_whole(office: Office):
    fill(timedelta(days=3))
    repeat_until_done(office.settings.state_dir, "archive", seed=5)
    parliament = Parliament.objects.get()
    assert parliament.archived_at is not None
    assert (parliament.threshold_for_response, parliament.threshold_for_debate) == (10_000, 100_000)
    assert Petition.objects.filter(archived_at=None).count() == 0
    assert Petition.objects.count() == PETITIONS
    assert Signature.objects.count() == SIGNATURES


def test_making_anonymous_that_is_killed_at_random_moments_ends_whole_and_keeps_what_must_be_kept(office: Office):
    parliament = fill(timedelta(days=200))
    Parliament.objects.update(archived_at=timezone.now())
    repeat_until_done(office.settings.state_dir, "anonymise", seed=6)
    assert Signature.objects.count() == SIGNATURES
    kept = Petition.objects.filter(do_not_anonymize=True)
    assert kept.count() == 3
    assert not Signature.objects.filter(petition__in=kept).exclude(anonymized_at=None).exists()
    others = Signature.objects.exclude(petition__in=kept)
    assert not others.filter(anonymized_at=None).exists()
    assert not others.exclude(email__endswith="@anonymous.invalid").exists()
    parliament.refresh_from_db()
    assert parliament.anonymized_at is not None
    petition = kept.order_by("pk")[0]
    assert recount(petition.pk, now=timezone.now()) is not None  # it was filled without counts
    assert recount(petition.pk, now=timezone.now()) is None


def test_a_signal_to_stop_ends_between_two_steps_with_exit_1_and_the_rest_is_done_later(office: Office):
    fill(timedelta(days=200))
    Parliament.objects.update(archived_at=timezone.now())
    connections.close_all()
    command = [sys.executable, "-m", "ridgeway.cli", "petitions", "anonymise"]
    process = subprocess.Popen(
        command, cwd=office.settings.state_dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    process.stderr.readline()  # it has begun, and says how far it is
    process.terminate()
    _, said = process.communicate(timeout=60)
    if process.returncode:
        assert process.returncode == 1
        assert "goes on from here" in said
        assert Signature.objects.exclude(anonymized_at=None).count() > 0
    repeat_until_done(office.settings.state_dir, "anonymise", seed=7)
    assert Parliament.objects.get().anonymized_at is not None
