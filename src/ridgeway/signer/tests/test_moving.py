"""Stories of an X-Road software token whose keys move here, and of the verbs an operator uses meanwhile."""

import base64
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from ridgeway.signer import KeyInfo, KeyType, KeyUsage
from ridgeway.signer.asking import Outside
from ridgeway.signer.commands import build_signer_command
from ridgeway.signer.keys import write_public_key
from ridgeway.signer.tests.cast import PIN, certify
from ridgeway.signer.tests.test_commands import running_process, settings_of

XROAD_PIN = "the PIN of X-Road"
MEMBER = """<memberId xmlns:id="http://x-road.eu/xsd/identifiers" id:objectType="MEMBER">
<id:xRoadInstance>NM</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>1001</id:memberCode></memberId>"""


def write_foreign(folder: Path) -> dict[str, bytes]:
    """keyconf.xml and its key stores: a signing key that signs by PSS, one for TLS, and two without a store."""
    (folder / "softtoken").mkdir()
    ders, rows = {}, []
    signing, tls = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    kinds = (("A1", "SIGNING", signing), ("B2", "AUTHENTICATION", tls))
    for name, usage, key in kinds:
        info = KeyInfo(name, "", KeyUsage[usage], KeyType.EC_P256, write_public_key(key))
        ders[name] = certify(info)
        sealed = BestAvailableEncryption(XROAD_PIN.encode())
        store = pkcs12.serialize_key_and_certificates(name.encode(), key, None, None, sealed)
        (folder / "softtoken" / f"{name}.p12").write_bytes(store)
        contents = base64.b64encode(ders[name]).decode()
        member = MEMBER if usage == "SIGNING" else ""
        mechanism = "CKM_RSA_PKCS_PSS" if usage == "SIGNING" else "CKM_ECDSA"
        rows.append(
            f'<key usage="{usage}"><friendlyName>{name} of X-Road</friendlyName><keyId>{name}</keyId>'
            f'<cert active="true">{member}<contents>{contents}</contents><status>registered</status></cert>'
            f"<signMechanismName>{mechanism}</signMechanismName></key>"
        )
    rows.append('<key usage="SIGNING"><keyId>C3</keyId></key><key usage="SIGNING"><keyId>../C4</keyId></key>')
    (folder / "keyconf.xml").write_text(
        '<x:keyConf xmlns:x="http://x-road.eu/xsd/xroad.xsd"><device><deviceType>softToken</deviceType><id>0</id>'
        f"{''.join(rows)}</device></x:keyConf>"
    )
    return ders


@pytest.fixture
def place(tmp_path):
    """A settings file, and a token that is made."""
    file = tmp_path / "ridgeway.toml"
    file.write_text(f'state_dir = "{tmp_path}"\n')
    settings = settings_of(file, pin=PIN)

    async def check(_settings, der):
        return "Its authority says: revoked." if (tmp_path / "revoked").exists() else ""

    def named(_settings):
        return tuple((tmp_path / "registered").read_text().split())

    command = build_signer_command(Outside(check, named))

    def call(*arguments, code=0, typed=""):
        done = CliRunner().invoke(command, arguments, obj=settings, input=typed, catch_exceptions=False)
        assert done.exit_code == code, done.output
        return done.stdout

    call("init")
    return file, call


def test_the_keys_and_certificates_of_an_x_road_token_move_here(place, tmp_path):
    file, call = place
    ders = write_foreign(tmp_path)
    (tmp_path / "xroad-pin").write_text(XROAD_PIN + "\n")
    (tmp_path / "wrong-pin").write_text("another\n")
    keystores = ("--keystores", str(tmp_path / "softtoken"), "--keystore-pin-file")
    with running_process(file, pin=PIN):
        wrong = call("import-xroad", str(tmp_path / "keyconf.xml"), *keystores, str(tmp_path / "wrong-pin"), code=1)
        assert "0 keys and 0 certificates" in wrong
        arguments = ("import-xroad", str(tmp_path / "keyconf.xml"), *keystores, str(tmp_path / "xroad-pin"), "--json")
        moved = json.loads(call(*arguments, code=1))
        assert sorted(moved["keys"]) == ["A1", "B2"]
        assert [line.split(":")[0] for line in moved["left"]] == ["key C3", "key ../C4"]
        listed = {each["label"]: each for each in json.loads(call("keys", "list", "--json"))}
        signing, authentication = listed["A1 of X-Road"], listed["B2 of X-Road"]
        assert (signing["usage"], signing["type"], signing["mechanism"]) == ("signing", "rsa-2048", "CKM_RSA_PKCS_PSS")
        assert signing["certificates"][0]["member"] == "MEMBER:NM/GOV/1001"
        assert (authentication["usage"], authentication["certificates"][0]["status"]) == (
            "authentication",
            "registered",
        )
        assert authentication["certificates"][0]["active"] is True
        assert len(json.loads(call("certificates", "list", "--json"))) == len(ders)
        again = json.loads(call(*arguments, code=1))
        assert (again["keys"], len(again["left"])) == ({}, 4)


def test_a_certificate_goes_its_way_by_the_operators_verbs(place, tmp_path):
    file, call = place
    with running_process(file, pin=PIN):
        (made,) = json.loads(call("keys", "generate", "--usage", "authentication", "--label", "tls", "--json"))
        call("csr", "create", made["id"], "--subject", "CN=ss1", "-o", str(tmp_path / "request"))
        (open_request,) = json.loads(call("csr", "list", "--json"))
        assert (open_request["key"], open_request["subject"]) == (made["id"], "CN=ss1")
        call("csr", "delete", open_request["id"])
        assert "No request is open" in call("csr", "list")
        public_key = base64.b64decode(made["public_key"])
        info = KeyInfo(made["id"], "", KeyUsage.AUTHENTICATION, KeyType.EC_P256, public_key)
        (tmp_path / "certificate").write_bytes(certify(info))
        (tmp_path / "revoked").touch()
        (taken,) = json.loads(call("certificates", "import", str(tmp_path / "certificate"), "--json"))
        (certificate,) = taken["certificates"]
        assert (certificate["active"], certificate["status"]) == (False, "saved")
        assert certificate["ocsp_error"] == "Its authority says: revoked."
        name = certificate["sha256"]
        assert "could not be activated" in call("keys", "show", made["id"])
        assert "revoked" in call("certificates", "activate", name, code=1)
        (tmp_path / "revoked").unlink()
        assert json.loads(call("certificates", "activate", name, "--json"))["certificates"][0]["active"] is True
        call("certificates", "register-state", name, "registration in progress")
        (tmp_path / "registered").write_text(name)
        assert json.loads(call("keys", "sync", "--json"))[0]["certificates"][0]["status"] == "registered"
        assert "stands where" in call("keys", "sync")
        assert name in call("certificates", "expiring", code=1)
        assert json.loads(call("certificates", "expiring", "--days", "10", "--json")) == []
        call("certificates", "deactivate", name)
        call("certificates", "register-state", name, "deletion in progress")
        call("certificates", "delete", name, "--yes")
        assert json.loads(call("keys", "show", made["id"], "--json"))["certificates"] == []
        (software,) = json.loads(call("tokens", "list", "--json"))
        assert (software["id"], software["kind"], software["state"]) == ("0", "software", "unlocked")
        assert json.loads(call("tokens", "logout", "--json")) == {"token": "locked"}
        assert json.loads(call("tokens", "login", "--json")) == {"token": "unlocked"}
