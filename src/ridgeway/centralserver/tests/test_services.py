"""What a document says of trust services and optional parts, as every version of the configuration publishes it."""

import base64
import hashlib

import pytest
from lxml import etree

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.apply import read_proposal
from ridgeway.centralserver.directories import VERSIONS, build_draft
from ridgeway.centralserver.signing import ConfigurationKey, Kind
from ridgeway.centralserver.tests.cast import NOW, Place, cluster, place
from ridgeway.centralserver.tests.test_apply import faults_of
from ridgeway.protocol.globalconf import read_fetch_interval, read_next_update, read_shared_parameters
from ridgeway.protocol.globalconf.optional import FETCHINTERVAL, NEXTUPDATE

__all__ = ["cluster", "place"]

CONF = 'xmlns:x="http://x-road.eu/xsd/xroad.xsd"'
KEYS = tuple(ConfigurationKey(str(kind), kind, b"certificate", True, NOW) for kind in Kind)
ACME = """
    csr_format: DER
    acme_directory_url: https://ca.northmark.example/acme
    acme_ip_address: 192.0.2.7, 2001:db8::7
    acme_authentication_profile_id: auth
    acme_signing_profile_id: sign
"""


def say_everything(place: Place) -> None:
    """Every optional field of the document is used."""
    place.change("    certificate: ca.pem\n", f"    certificate: ca.pem{ACME}")
    place.change("certificate: ocsp.pem}", "certificate: ocsp.pem, cost_type: PAID}")
    place.change("    certificate: tsa.pem\n", "    certificate: tsa.pem\n    cost_type: FREE\n")
    place.change("    # maintenance: Back at noon.", "    maintenance: Back at noon.")


def shared_of(place: Place) -> dict[int, bytes]:
    """The shared parameters of each version."""
    draft = build_draft(read_proposal(place.document).governed, KEYS, now=NOW, new_boundary=lambda: "b" * 20)
    parts = {part.location.split("/")[1]: part for part in draft.parts if part.identifier == "SHARED-PARAMETERS"}
    return {version: parts[f"V{version}"].content for version in VERSIONS}


def count(document: bytes, *names: str) -> list[int]:
    """How often elements of these names are there; the reader is not ours."""
    root = etree.fromstring(document)
    return [len(root.findall(f".//{name}")) for name in names]


@pytest.mark.parametrize(
    ("version", "source", "acme", "profiles", "names", "maintenance", "costs", "forms"),
    [
        (2, 0, 0, 0, 0, 0, 0, 0),
        (3, 1, 1, 0, 0, 0, 0, 0),
        (4, 1, 1, 1, 0, 0, 0, 0),
        (5, 1, 1, 1, 1, 1, 0, 0),
        (6, 1, 1, 1, 1, 1, 2, 1),
    ],
)
def test_each_version_says_what_its_readers_know(
    place, version, source, acme, profiles, names, maintenance, costs, forms
):
    say_everything(place)
    document = shared_of(place)[version]
    counted = ("source", "acmeServer", "signingCertificateProfileId", "subsystemName", "inMaintenanceMode", "costType")
    assert count(document, *counted) == [source, acme, profiles, names, maintenance, costs]
    assert count(document, "defaultCsrFormat") == [forms]
    hashes = {len(bytes(each.text or "", "ascii")) for each in etree.fromstring(document).findall(".//authCertHash")}
    assert hashes == {28 if version == 2 else 44}, "base64 of SHA-1, or of SHA-256"
    clients = [len(each.findall("client")) for each in etree.fromstring(document).findall("securityServer")]
    assert clients == ([1, 1] if maintenance else [1, 0]), "who does not know maintenance finds nobody there"


def test_our_own_reader_finds_in_each_version_what_was_said(place):
    say_everything(place)
    for version, document in shared_of(place).items():
        (service,) = read_shared_parameters(document, version).certification_services
        assert service.acme_directory_url == ("https://ca.northmark.example/acme" if version >= 3 else "")
        assert service.acme_signing_profile_id == ("sign" if version >= 4 else "")
        assert service.csr_format == ("DER" if version >= 6 else "")
        assert service.top.responders[0].cost_type == ("PAID" if version >= 6 else "UNDEFINED")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("    certificate: ca.pem\n", "    certificate: ca.pem\n    csr_format: TXT\n", "expected PEM or DER"),
        ("    certificate: ca.pem\n", "    certificate: ca.pem\n    acme_ip_address: 1.2.3.4\n", "means nothing"),
        (
            "    certificate: ca.pem\n",
            "    certificate: ca.pem\n    acme_directory_url: https://h/\n    acme_ip_address: here\n",
            "no IP address",
        ),
        ("certificate: ocsp.pem}", "certificate: ocsp.pem, cost_type: DEAR}", "expected UNDEFINED, FREE, PAID"),
        ("ocsp_freshness", "nodes: {a: http://x}\nocsp_freshness", "is no host"),
    ],
)
def test_what_no_server_could_use_is_refused(place, old, new, fault):
    place.change(old, new)
    assert fault in "\n".join(faults_of(place))


def say_parts(place: Place, *rows: str) -> None:
    """The document has these optional parts."""
    place.change("ocsp_freshness_seconds", "configuration_parts:\n" + "".join(rows) + "ocsp_freshness_seconds")


def a_part(identifier: str, content: str, name: str = "") -> str:
    """One optional part of the document."""
    stated = f", file_name: {name}" if name else ""
    return f"  - {{identifier: {identifier}, content: '{content}'{stated}}}\n"


NO_LIMIT = f"<x:conf {CONF}><verifyNextUpdate>false</verifyNextUpdate></x:conf>"
EVERY_TEN = NO_LIMIT.replace("verifyNextUpdate", "ocspFetchInterval").replace("false", "600")


def test_optional_parts_are_published_to_own_servers_as_they_were_given(place):
    (place.document.parent / "interval.xml").write_text(EVERY_TEN)
    say_parts(place, a_part("NEXTUPDATE", NO_LIMIT), a_part("FETCHINTERVAL", "interval.xml"), a_part("TARIFF", "<t/>"))
    draft = build_draft(read_proposal(place.document).governed, KEYS, now=NOW, new_boundary=lambda: "b" * 20)
    parts = {part.identifier: part for part in draft.parts if part.location.startswith("/V6/")}
    assert read_next_update(parts[NEXTUPDATE].content) is False
    assert read_fetch_interval(parts[FETCHINTERVAL].content) == 600
    assert parts["TARIFF"].location.endswith("/tariff-params.xml")
    internal, external = (
        next(each.content.signed for each in draft.directories if (each.version, each.kind) == (6, kind))
        for kind in (Kind.INTERNAL, Kind.EXTERNAL)
    )
    assert base64.b64encode(hashlib.sha512(b"<t/>").digest()) in internal
    assert b"TARIFF" not in external


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (a_part("NEXTUPDATE", "missing.xml"), "no file here"),
        (a_part("NEXTUPDATE", EVERY_TEN), "not what servers read"),
        (a_part("FETCHINTERVAL", NO_LIMIT), "not what servers read"),
        (a_part("NEXTUPDATE", NO_LIMIT, "other.xml"), "servers look for NEXTUPDATE in nextupdate-params.xml"),
        (a_part("TARIFF", "<t/>", "../tariff.xml"), "expected small letters"),
        (a_part("TARIFF", "<t/>", "shared-params.xml"), "expected small letters"),
        (a_part("SHARED-PARAMETERS", "<t/>"), "expected a name of capitals"),
        (a_part("TARIFF", "<!DOCTYPE t><t/>"), "carries a DOCTYPE"),
        (a_part("TARIFF", "<t/>") + a_part("TARIFF", "<t/>"), "is there twice"),
        (a_part("TARIFF", "<t/>", "t.xml") + a_part("TOLL", "<t/>", "t.xml"), "the file of another part"),
    ],
)
def test_a_part_that_servers_could_not_read_is_refused(place, row, fault):
    say_parts(place, row)
    assert fault in "\n".join(faults_of(place))
