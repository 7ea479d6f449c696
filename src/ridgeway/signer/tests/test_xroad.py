"""Stories of files that say they are X-Road's: read, or refused by name."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import MessageError, TokenError
from ridgeway.signer.keys import write_private_key
from ridgeway.signer.xroad import MAX_KEYCONF_BYTES, MAX_KEYSTORE_BYTES, read_keyconf, read_keystore

KEYCONF = (
    b'<x:keyConf xmlns:x="http://x-road.eu/xsd/xroad.xsd"><device><deviceType>softToken</deviceType><id>0</id>'
    b'<key usage="SIGNING"><friendlyName>a</friendlyName><keyId>A1</keyId><cert active="true"><contents>MAA=</contents>'
    b"</cert></key></device></x:keyConf>"
)
quick = settings(max_examples=150, deadline=None)


def seal(key) -> bytes:
    return pkcs12.serialize_key_and_certificates(b"1", key, None, None, BestAvailableEncryption(b"pin"))


def test_what_is_no_key_configuration_is_refused():
    doctype = b'<!DOCTYPE a [<!ENTITY b "c">]>' + KEYCONF
    twisted, not_ascii = KEYCONF.replace(b"SIGNING", b"BOTH"), KEYCONF.replace(b"MAA=", "MAÄ=".encode())
    for wrong in (
        b"",
        b"<a/>",
        doctype,
        twisted,
        KEYCONF.replace(b"A1", b""),
        KEYCONF.replace(b"MAA=", b"!"),
        not_ascii,
    ):
        with pytest.raises(MessageError) as refused:
            read_keyconf(wrong)
        assert refused.value.code == "invalid_keyconf"
    with pytest.raises(MessageError, match="at most"):
        read_keyconf(b" " * (MAX_KEYCONF_BYTES + 1))


def test_a_key_store_opens_by_its_password_alone_and_holds_what_a_token_can_have():
    key = ec.generate_private_key(ec.SECP256R1())
    store = read_keystore(seal(key), "pin")
    assert (store.private_key, store.certificates) == (write_private_key(key), ())
    assert "private_key" not in repr(store)
    for data, password, code in (
        (seal(key), "another", "signer.pin_incorrect"),
        (seal(ed25519.Ed25519PrivateKey.generate()), "pin", "signer.key_not_found"),
        (b" " * (MAX_KEYSTORE_BYTES + 1), "pin", "signer.key_not_found"),
    ):
        with pytest.raises(TokenError) as refused:
            read_keystore(data, password)
        assert refused.value.code == code


@quick
@given(data=st.data())
def test_a_changed_key_configuration_is_read_or_refused_by_name(data):
    cut = data.draw(st.integers(0, len(KEYCONF)))
    noise = data.draw(st.binary(max_size=8) | st.text(max_size=8).map(str.encode))
    code = ""
    try:
        read_keyconf(KEYCONF[:cut] + noise + KEYCONF[cut + data.draw(st.integers(0, 8)) :])
    except MessageError as error:
        code = error.code
    assert code in {"", "invalid_keyconf"}


STORE = seal(ec.generate_private_key(ec.SECP256R1()))


@quick
@given(data=st.data())
def test_a_changed_key_store_is_read_or_refused_by_name(data):
    cut = data.draw(st.integers(0, 400))
    noise = data.draw(st.binary(max_size=4))
    code = ""
    try:
        read_keystore(STORE[:cut] + noise + STORE[cut + data.draw(st.integers(0, 4)) :], "pin")
    except TokenError as error:
        code = error.code
    assert code in {"", "signer.pin_incorrect", "signer.key_not_found"}
