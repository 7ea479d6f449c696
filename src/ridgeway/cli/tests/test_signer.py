"""Stories of a certificate that is taken in where the global configuration can be seen."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from ridgeway.cli.signer import signer
from ridgeway.errors import CertificateError, TokenError
from ridgeway.protocol.certificates.snapshot import Authority, CertificationService
from ridgeway.protocol.globalconf import write_shared_parameters
from ridgeway.protocol.globalconf.metadata import PartMetadata, write_part_metadata
from ridgeway.protocol.globalconf.tests.cast import LATER, PROFILE, an_instance
from ridgeway.settings import Settings, load_settings
from ridgeway.signer import KeyInfo, KeyType, KeyUsage
from ridgeway.signer.tests.cast import PIN, certify
from ridgeway.signer.tests.test_commands import running_process
from ridgeway.trust.tests.authorities import AUTHENTICATION, make_authority, make_identity, make_member, name_of

CA = make_authority()
LEAF = make_member(CA)
VERBS = (("import",), ("certificates", "import"))
ANYWAY = ("--without-ocsp", "a test")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "ridgeway.toml"
    file.write_text(f'state_dir = "{tmp_path}"\n')
    return load_settings(file, {})


def give_configuration(settings: Settings, *only_authentication: bool) -> None:
    """A configuration in which services of these kinds have the same authority."""
    services = tuple(
        CertificationService(f"CA {number}", PROFILE, Authority(CA.der), authentication_only=only)
        for number, only in enumerate(only_authentication, 1)
    )
    trust = replace(an_instance(), certification_services=services)
    folder = settings.path(settings.trust.globalconf_dir) / "LAB"
    folder.mkdir(parents=True)
    (folder.parent / "instance-identifier").write_text("LAB")
    (folder / "shared-params.xml").write_bytes(write_shared_parameters(trust, 6))
    metadata = PartMetadata("SHARED-PARAMETERS", "LAB", LATER, 6)
    (folder / "shared-params.xml.metadata").write_bytes(write_part_metadata(metadata))


def call(settings: Settings, *arguments: str, typed: str = "") -> str:
    done = CliRunner().invoke(signer, arguments, obj=settings, input=typed, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def take(settings: Settings, der: bytes, *verb: str) -> str:
    file = settings.path(Path("certificate.der"))
    file.write_bytes(der)
    return call(settings, *verb, str(file))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("options", [(), ("--inactive",), ANYWAY])
def test_a_signing_certificate_of_an_authority_for_servers_alone_is_not_taken_in(settings, verb, options):
    give_configuration(settings, True)
    with pytest.raises(CertificateError, match="CA 1 is approved for authentication certificates only") as refused:
        take(settings, LEAF.der, *verb, *options)
    assert "approved for signing" in refused.value.action


@pytest.mark.parametrize("kinds", [(False,), (True, False), ()])
def test_it_is_handed_to_the_signer_where_a_service_for_signing_has_that_authority_or_none_is_known(settings, kinds):
    give_configuration(settings, *kinds)
    with pytest.raises(TokenError, match=r"signer\.network_error"):
        take(settings, LEAF.der, "import")


def test_it_is_handed_to_the_signer_while_there_is_no_configuration_and_so_is_what_is_no_certificate(settings):
    with pytest.raises(TokenError, match=r"signer\.network_error"):
        take(settings, LEAF.der, "import")
    give_configuration(settings, True)
    with pytest.raises(TokenError, match=r"signer\.network_error"):
        take(settings, b"no certificate", "import")


def test_what_may_be_taken_in_reaches_the_signer_with_all_that_was_said(settings):
    give_configuration(settings, True)
    call(settings, "init", typed=f"{PIN}\n{PIN}\n")
    with running_process(settings.path(Path("ridgeway.toml")), pin=PIN):
        (made,) = json.loads(call(settings, "keys", "generate", "--usage", "authentication", "--json"))
        key = KeyInfo(made["id"], "", KeyUsage.AUTHENTICATION, KeyType.EC_P256, base64.b64decode(made["public_key"]))
        for verb in VERBS:
            (taken,) = json.loads(take(settings, certify(key), *verb, "--member", "us", *ANYWAY, "--json"))
            newest = taken["certificates"][-1]
            assert (newest["member"], newest["unproven"]) == ("us", "a test" if verb == VERBS[0] else "")
        assert [each["active"] for each in taken["certificates"]] == [True, False]


def test_an_authority_for_servers_alone_certifies_servers(settings):
    give_configuration(settings, True)
    server = make_identity(name_of(CN="ss1"), issuer=CA, extensions=(AUTHENTICATION,))
    with pytest.raises(TokenError, match=r"signer\.network_error"):
        take(settings, server.der, "import")
