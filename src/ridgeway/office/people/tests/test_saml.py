import base64
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.test import Client
from lxml import etree

from ridgeway.office.people.models import Account
from ridgeway.office.people.roles import Role, declare_roles
from ridgeway.office.tests.ready import Office, migrated_file, office  # noqa: F401

onelogin = pytest.importorskip("onelogin.saml2.utils")

declare_roles("hall", (Role("porter", "Porter", frozenset({"hall.open"})),))
EMAIL = "bea@works.example"
ENTITY = "https://id.works.example/saml"
ACS = "http://desk.example/people/sign-on/works/saml"
AUDIENCE = f"{ACS}/metadata"
MINE = "/people/my-account"
RESPONSE = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r1" Version="2.0" IssueInstant="{now}" Destination="{acs}"
 InResponseTo="{request}"><saml:Issuer>{entity}</saml:Issuer><samlp:Status><samlp:StatusCode
 Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{assertion}</samlp:Response>"""
ASSERTION = """<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a1" Version="2.0"
 IssueInstant="{now}"><saml:Issuer>{entity}</saml:Issuer><saml:Subject><saml:NameID
 Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">bea-1</saml:NameID><saml:SubjectConfirmation
 Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{acs}"
 InResponseTo="{request}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{since}"
 NotOnOrAfter="{until}"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>
</saml:Conditions><saml:AuthnStatement AuthnInstant="{now}" SessionIndex="_s1"><saml:AuthnContext>
<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext>
</saml:AuthnStatement><saml:AttributeStatement><saml:Attribute Name="mail"><saml:AttributeValue>{email}
</saml:AttributeValue>
</saml:Attribute><saml:Attribute Name="displayName"><saml:AttributeValue>Bea Builder
</saml:AttributeValue></saml:Attribute>
<saml:Attribute Name="groups"><saml:AttributeValue>{group}</saml:AttributeValue><saml:AttributeValue>cyclists
</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"""


def make_key() -> tuple[str, str]:
    """A key and its certificate, as PEM."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "works")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    ).sign(key, hashes.SHA256())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="module")
def key() -> tuple[str, str]:
    return make_key()


@pytest.fixture
def folder(office: Office, key: tuple[str, str]) -> Iterator[Path]:  # noqa: F811
    folder = office.settings.state_dir
    (folder / "works.pem").write_text(key[1])
    (folder / "sign-on.toml").write_text(
        f"""
        [works]
        title = "Ministry of Works"
        kind = "saml"
        domains = ["works.example"]
        entity_id = "{ENTITY}"
        sso_url = "https://id.works.example/sso"
        certificate_file = "works.pem"
        roles = {{ porters = ["hall.porter"] }}
        attributes = {{ email = "mail", name = "displayName" }}
        """
    )
    with office.at_site("desk"):
        yield folder


def browser() -> Client:
    return Client(headers={"host": "desk.example"})


def ask(client: Client) -> str:
    """The number of the question that the desk asks the service."""
    sent = client.post("/people/sign-in", {"login": EMAIL, "next": MINE})
    page = client.get(sent["Location"])
    address = page.headers["Refresh"].removeprefix("0; url=")
    assert address.startswith("https://id.works.example/sso?SAMLRequest=")
    packed = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
    question = etree.fromstring(zlib.decompress(base64.b64decode(packed), -15))
    return str(question.get("ID"))


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def answer(request: str, key: tuple[str, str] | None, **change: str) -> str:
    """What the service says, its assertion signed."""
    now = datetime.now(UTC)
    said = {
        "now": stamp(now),
        "since": stamp(now - timedelta(minutes=1)),
        "until": stamp(now + timedelta(minutes=5)),
        "acs": ACS,
        "entity": ENTITY,
        "audience": AUDIENCE,
        "request": request,
        "email": EMAIL,
        "group": "porters",
    } | change
    assertion = ASSERTION.format(**said)
    if key is not None:
        assertion = onelogin.OneLogin_Saml2_Utils.add_sign(assertion, *key).decode()
    response = RESPONSE.format(**said, assertion=assertion)
    return base64.b64encode(response.encode()).decode()


def come_back(client: Client, response: str):
    first = client.post("/people/sign-on/works/saml", {"SAMLResponse": response, "RelayState": "https://evil.example/"})
    return client.get(first["Location"])


def test_somebody_comes_by_saml_with_the_role_of_her_group(folder: Path, key):
    client = browser()
    back = come_back(client, answer(ask(client), key))
    assert (back.status_code, back["Location"]) == (302, MINE)
    assert "Porter (hall)" in client.get(MINE).content.decode()
    account = Account.objects.get()
    assert (account.email, account.name, account.provider) == (EMAIL, "Bea Builder", "works")


WRONG = {
    "another audience": {"audience": "https://other.example"},
    "another place": {"acs": "http://desk.example/elsewhere"},
    "over": {"until": "2020-01-01T00:00:00Z"},
    "not yet": {"since": "2090-01-01T00:00:00Z"},
    "another service": {"entity": "https://evil.example"},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_an_assertion_that_is_not_for_here_and_now_is_refused(folder: Path, key, change: dict[str, str]):
    client = browser()
    assert come_back(client, answer(ask(client), key, **change))["Location"] == "/people/sign-on-failed"
    assert client.get(MINE).status_code == 302


def test_an_assertion_that_nobody_or_somebody_else_signed_is_refused(folder: Path):
    for other in (None, make_key()):
        client = browser()
        assert come_back(client, answer(ask(client), other))["Location"] == "/people/sign-on-failed"
        assert client.get(MINE).status_code == 302


def test_an_assertion_that_was_changed_after_signing_or_wrapped_is_refused(folder: Path, key):
    client = browser()
    request = ask(client)
    good = base64.b64decode(answer(request, key)).decode()
    changed = good.replace(EMAIL, "chief@works.example")
    forged = ASSERTION.format(
        now=stamp(datetime.now(UTC)), since="2020-01-01T00:00:00Z", until="2090-01-01T00:00:00Z", acs=ACS,
        entity=ENTITY, audience=AUDIENCE, request=request, email="chief@works.example", group="porters",
    ).replace('ID="_a1"', 'ID="_evil"')  # fmt: skip
    wrapped = good.replace("<saml:Assertion", forged + "<saml:Assertion", 1)
    for bad in (changed, wrapped):
        response = base64.b64encode(bad.encode()).decode()
        client = browser()
        ask(client)
        assert come_back(client, response)["Location"] == "/people/sign-on-failed"
    assert not Account.objects.exists()


def test_an_answer_that_was_not_asked_for_is_refused(folder: Path, key):
    first, second = browser(), browser()
    request = ask(first)
    assert come_back(second, answer(request, key))["Location"] == "/people/sign-on-failed"
    assert come_back(browser(), answer("_nobody-asked", key))["Location"] == "/people/sign-on-failed"
    assert come_back(first, answer(request, key)).status_code == 302


@pytest.mark.parametrize("group", ["cyclists", ""])
def test_no_group_no_entry(folder: Path, key, group: str):
    client = browser()
    assert come_back(client, answer(ask(client), key, group=group)).status_code == 403


@pytest.mark.parametrize("response", ["", "!!!", "eA==", base64.b64encode(b"<a>" * 9).decode()])
def test_nonsense_is_refused(folder: Path, response: str):
    assert come_back(browser(), response)["Location"] == "/people/sign-on-failed"
    assert browser().get("/people/sign-on/works/saml/finish")["Location"] == "/people/sign-on-failed"
    assert browser().get("/people/sign-on/nobody/saml/finish").status_code == 404


def test_the_desk_describes_itself_to_the_service(folder: Path):
    told = browser().get("/people/sign-on/works/saml/metadata")
    assert ACS in told.content.decode()
    assert "entityID" in told.content.decode()


def test_what_is_sent_without_end_is_not_kept_without_end(folder: Path):
    stranger = browser()
    told = [stranger.post("/people/sign-on/works/saml", {"SAMLResponse": "eA=="}).status_code for _ in range(61)]
    assert (told[59], told[60]) == (302, 429)
    assert stranger.post("/people/sign-on/nobody/saml", {"SAMLResponse": "eA=="}).status_code == 404
