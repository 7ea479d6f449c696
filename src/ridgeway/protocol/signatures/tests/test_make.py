import base64
import hashlib

import pytest
import xmlsec
from lxml import etree

from ridgeway.errors import TokenError
from ridgeway.protocol.signatures.digests import SIGNATURE_ALGORITHMS
from ridgeway.protocol.signatures.make import (
    SigningMaterial,
    prepare_batch_signature,
    prepare_message_signature,
)
from ridgeway.protocol.signatures.tests.cast import ALICE, NOW, make_country, sha512, sign
from ridgeway.protocol.signatures.tests.othertools import verify_with_xmlsec

DS = "{http://www.w3.org/2000/09/xmldsig#}"
PARTS = (("/message.xml", sha512(b"message")), ("/attachment1", sha512(b"body")))
KINDS = ["rsa", "p256", "p384", "p521"]


def make(kind, parts=PARTS[:1], *, intermediate=False, algorithm=""):
    country = make_country(intermediate=intermediate)
    signer = country.member(ALICE, kind)
    material = country.material(signer, algorithm=algorithm)
    unsigned = prepare_message_signature(parts, material=material, signing_time=NOW)
    return signer, unsigned, unsigned.complete(sign(signer.key, unsigned.to_be_signed, unsigned.algorithm))


def canonical(document, tag):
    (element,) = document.iter(tag)
    return etree.tostring(element, method="c14n")


@pytest.mark.parametrize("intermediate", [False, True])
def test_what_is_signed_is_the_canonical_form_inside_the_document(intermediate):
    _, unsigned, xml = make("rsa", intermediate=intermediate)
    document = etree.fromstring(xml)
    assert unsigned.to_be_signed == canonical(document, DS + "SignedInfo")
    digest = hashlib.sha512(canonical(document, "{http://uri.etsi.org/01903/v1.3.2#}SignedProperties")).digest()
    stated = [base64.b64decode(each.text or "") for each in document.iter(DS + "DigestValue")][:2]
    assert stated == [sha512(b"message"), digest]


@pytest.mark.parametrize("algorithm", SIGNATURE_ALGORITHMS)
def test_the_signature_is_valid_for_a_tool_that_is_not_ours(algorithm):
    kind = "p256" if "ecdsa" in algorithm else "rsa"
    signer, _, xml = make(kind, algorithm=algorithm)
    verify_with_xmlsec(xml, signer.public_pem, {"/message.xml": b"message"})


@pytest.mark.parametrize("kind", KINDS)
def test_every_curve_is_valid_for_a_tool_that_is_not_ours(kind):
    signer, unsigned, xml = make(kind, PARTS)
    verify_with_xmlsec(xml, signer.public_pem, {"/sig-hashchainresult.xml": unsigned.hash_chain_result})


def test_xmlsec_refuses_another_message():
    signer, _, xml = make("rsa")
    with pytest.raises(xmlsec.Error):
        verify_with_xmlsec(xml, signer.public_pem, {"/message.xml": b"another"})


def test_one_signature_over_a_batch_has_a_chain_for_each_message():
    country = make_country()
    material = country.material(country.member(ALICE, "p256"))
    unsigned = prepare_batch_signature([PARTS, PARTS[:1]], material=material, signing_time=NOW)
    assert len(unsigned.hash_chains) == 2
    assert hashlib.sha512(unsigned.to_be_signed).digest() == unsigned.digest


def test_a_signer_that_gives_nonsense_is_named():
    country = make_country()
    material = country.material(country.member(ALICE, "p256"))
    unsigned = prepare_message_signature(PARTS, material=material, signing_time=NOW)
    with pytest.raises(TokenError) as refused:
        unsigned.complete(b"nonsense")
    assert refused.value.code == "cannot_create_signature"


def test_without_a_revocation_answer_nothing_is_signed():
    signer = make_country().member(ALICE, "rsa")
    with pytest.raises(TokenError):
        prepare_message_signature(PARTS, material=SigningMaterial(signer.der, ()), signing_time=NOW)


def test_a_key_is_not_asked_for_what_it_cannot_do():
    with pytest.raises(TokenError):
        make("p256", algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha512")
