"""What may be taken over: proven packages, and never in silence an older one, another publisher's, a stripped one."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway import services
from ridgeway.catalogue.commands import catalogue
from ridgeway.catalogue.packages.manifest import list_files
from ridgeway.catalogue.packages.reading import pack_release, read_incoming, read_packed, to_release
from ridgeway.catalogue.proving.admitting import Waivers, admit, prove_release, with_proof
from ridgeway.catalogue.proving.proof import verify_release
from ridgeway.catalogue.proving.tests.notary import seal, state, trust
from ridgeway.errors import RidgewayError
from ridgeway.protocol.identifiers import MemberId
from ridgeway.services import installed

SAMPLE = Path(services.__file__ or "").parent / "assessments/packages/energy-rebate-check"
if "assessments" not in installed():
    pytest.skip("the assessments service is not here", allow_module_level=True)


def sign(incoming):
    return replace(incoming, statement=seal(state(manifest=incoming.manifest)), is_listed=True)


UNSIGNED = read_incoming(SAMPLE)
SIGNED = sign(UNSIGNED)
PACKED = pack_release(SIGNED)
NONE = Waivers()


def release_of(incoming, version):
    facts, manifest = replace(incoming.facts, version=version), replace(incoming.manifest, version=version)
    return sign(replace(incoming, facts=facts, manifest=manifest))


def lock_of(incoming):
    proven = admit(incoming, trust=trust(), waivers=NONE)
    return with_proof(to_release(incoming), incoming, proven).lock


def refusal(incoming, *, before=None, waivers=NONE, by=trust):
    with pytest.raises(RidgewayError) as caught:
        admit(incoming, trust=by(), before=before, waivers=waivers)
    return caught.value.code


def test_a_signature_travels_in_the_zip_and_is_recorded_with_what_was_adopted():
    read = read_packed(PACKED, "the zip")
    lock = lock_of(read)
    assert (lock.signed_by, lock.signed_at) == ("RW/GOV/1001", "2026-03-01T12:00:00+00:00")
    assert with_proof(to_release(read), read, None).evidence == {"release.dsse.json": SIGNED.statement}


@settings(max_examples=120, deadline=None)
@given(st.integers(0, len(PACKED) - 1), st.integers(1, 255))
def test_no_byte_of_a_published_package_can_be_changed_into_another_proven_package(place, change):
    altered = bytearray(PACKED)
    altered[place] ^= change
    try:
        read = read_packed(bytes(altered), "the zip")
        proven = prove_release(read, trust())
    except RidgewayError:
        return
    assert (dict(read.files), read.manifest, proven) == (
        dict(SIGNED.files),
        SIGNED.manifest,
        prove_release(SIGNED, trust()),
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_byte_of_a_file_can_be_changed_even_where_the_list_is_made_anew(data):
    name = data.draw(st.sampled_from(sorted(SIGNED.files)))
    place = data.draw(st.integers(0, len(SIGNED.files[name]) - 1))
    altered = bytearray(SIGNED.files[name])
    altered[place] ^= data.draw(st.integers(1, 255))
    listed = SIGNED.manifest
    names = {"package": listed.package, "version": listed.version, "service": listed.service}
    with pytest.raises(RidgewayError, match="other_statement"):
        verify_release(SIGNED.statement, list_files({**SIGNED.files, name: bytes(altered)}, **names), trust())


def test_what_nobody_signed_is_taken_first_and_never_after_a_signed_one():
    assert admit(UNSIGNED, trust=trust(), waivers=NONE) is None
    assert refusal(UNSIGNED, before=lock_of(SIGNED)) == "unsigned_package"
    assert admit(UNSIGNED, trust=None, before=lock_of(SIGNED), waivers=Waivers(unsigned=True)) is None


def test_what_is_signed_is_proven_or_refused():
    assert refusal(SIGNED, by=lambda: None) == "no_trust"
    assert refusal(replace(SIGNED, statement=seal(state()))) == "other_statement"
    assert refusal(replace(SIGNED, statement=b"{}")) == "malformed_envelope"


def test_an_older_version_is_taken_only_when_a_person_says_so():
    before = lock_of(release_of(SIGNED, "1.10.0"))
    older = release_of(SIGNED, "1.9.0")
    assert refusal(older, before=before) == "older_version"
    assert admit(older, trust=trust(), before=before, waivers=Waivers(older=True)) is not None
    assert admit(release_of(SIGNED, "1.11.0"), trust=trust(), before=before, waivers=NONE) is not None


def test_another_publisher_is_taken_only_when_a_person_says_so():
    before = replace(lock_of(SIGNED), signed_by="RW/GOV/2002")
    assert refusal(SIGNED, before=before) == "other_publisher"
    assert admit(SIGNED, trust=trust(), before=before, waivers=Waivers(other_publisher=True)) is not None
    unproven = replace(before, signed_by="", publisher="Somebody else")
    assert refusal(UNSIGNED, before=unproven) == "other_publisher"


def test_the_command_proves_or_says_why_not(tmp_path):
    def run(*arguments, exit_code):
        result = CliRunner().invoke(catalogue, ["verify", *map(str, arguments)], catch_exceptions=False)
        assert result.exit_code == exit_code, result.output
        return result.output

    (tmp_path / "unsigned.zip").write_bytes(pack_release(UNSIGNED))
    (tmp_path / "signed.zip").write_bytes(PACKED)
    assert "Nobody signed" in run(tmp_path / "unsigned.zip", exit_code=1)
    run(tmp_path / "unsigned.zip", "--unsigned", exit_code=0)
    told = json.loads(run(tmp_path / "signed.zip", "--json", exit_code=1))
    assert (told["proven"], told["code"], told["is_listed"]) == (False, "no_trust", True)
    run(SAMPLE, "--unsigned", exit_code=1)


def test_a_foreign_signer_is_refused():
    envelope = seal(state(manifest=SIGNED.manifest), member=MemberId("RW", "GOV", "2002"))
    assert refusal(replace(SIGNED, statement=envelope)) == "incorrect_certificate"
