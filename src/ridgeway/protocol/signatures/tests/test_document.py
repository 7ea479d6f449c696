import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ridgeway.errors import RidgewayError, SignatureError
from ridgeway.protocol.signatures.document import DS, XADES, find_signature, parse_xml, read_signature
from ridgeway.protocol.signatures.make import prepare_message_signature
from ridgeway.protocol.signatures.prove import (
    prove_hash_chain,
    prove_values,
    receive_parts,
    require_coverage,
    require_signed_message,
)
from ridgeway.protocol.signatures.stamping import add_signature_timestamp
from ridgeway.protocol.signatures.structure import require_wire_structure
from ridgeway.protocol.signatures.tests.cast import ALICE, NOW, make_country, sha512, sign

ONE = (("/message.xml", sha512(b"message")),)
TWO = (*ONE, ("/attachment1", sha512(b"body")))


def make(parts, kind="p256", *, intermediate=False):
    country = make_country(intermediate=intermediate)
    signer = country.member(ALICE, kind)
    unsigned = prepare_message_signature(parts, material=country.material(signer), signing_time=NOW)
    xml = unsigned.complete(sign(signer.key, unsigned.to_be_signed, unsigned.algorithm))
    chain = unsigned.hash_chains[0] if unsigned.hash_chains else None
    received = receive_parts(parts, hash_chain_result=unsigned.hash_chain_result, hash_chain=chain)
    return signer, xml, received


def prove(xml, received, signer):
    document = read_signature(xml)
    require_wire_structure(find_signature(parse_xml(xml)))
    require_signed_message(document)
    chain = prove_hash_chain(document, received)
    covered = prove_values(document, received, public_key=signer.key.public_key())
    covered += chain.parts if chain else ()
    require_coverage(received, covered)
    return {(each.uri, each.digest.value) for each in covered}


@pytest.mark.parametrize("parts", [ONE, TWO])
@pytest.mark.parametrize("kind", ["rsa", "p256"])
@pytest.mark.parametrize("intermediate", [False, True])
def test_what_is_made_is_proven(parts, kind, intermediate):
    signer, xml, received = make(parts, kind, intermediate=intermediate)
    assert prove(xml, received, signer) == set(parts)


@pytest.mark.parametrize("parts", [ONE, TWO])
def test_a_changed_part_is_not_proven(parts):
    signer, xml, received = make(parts)
    changed = (("/message.xml", sha512(b"another")), *parts[1:])
    other = receive_parts(changed, hash_chain_result=received.hash_chain_result, hash_chain=received.hash_chain)
    with pytest.raises(SignatureError):
        prove(xml, other, signer)


def test_a_part_beside_a_direct_signature_is_refused():
    signer, xml, _ = make(ONE)
    with pytest.raises(SignatureError) as refused:
        prove(xml, receive_parts(TWO), signer)
    assert refused.value.code == "malformed_signature"


def test_a_part_beside_a_hash_chain_is_refused():
    signer, xml, received = make(TWO)
    three = (*TWO, ("/attachment2", sha512(b"smuggled")))
    other = receive_parts(three, hash_chain_result=received.hash_chain_result, hash_chain=received.hash_chain)
    with pytest.raises(SignatureError) as refused:
        prove(xml, other, signer)
    assert refused.value.code == "malformed_signature.hashchain_unused_inputs"


def test_a_hash_chain_that_did_not_come_is_refused():
    signer, xml, _ = make(TWO)
    with pytest.raises(SignatureError) as refused:
        prove(xml, receive_parts(TWO), signer)
    assert refused.value.code == "invalid_signature_value"


def test_another_key_is_refused():
    _, xml, received = make(ONE, "p256")
    with pytest.raises(SignatureError) as refused:
        prove(xml, received, make_country().member(ALICE, "rsa"))
    assert refused.value.code == "invalid_signature_value"


def edit(xml, change):
    document = etree.fromstring(xml)
    change(document)
    return etree.tostring(document)


def copy_of(element):
    return etree.fromstring(etree.tostring(element))


def wrap_second_signature(document):
    document.append(copy_of(document[0]))


def wrap_properties_in_object(document):
    (properties,) = document.iter(XADES + "QualifyingProperties")
    etree.SubElement(document[0], DS + "Object").append(copy_of(properties))


def move_signed_properties_away(document):
    (signed,) = document.iter(XADES + "SignedProperties")
    forged = copy_of(signed)
    forged.set("Id", "forged")
    signed.getparent().replace(signed, forged)
    etree.SubElement(document[0], DS + "Object").append(signed)


def repeat_an_id(document):
    document[0].find(DS + "SignatureValue").set("Id", "signed-properties")


def point_reference_elsewhere(document):
    list(document.iter(DS + "Reference"))[1].set("URI", "#signature-value")


def drop_properties_reference(document):
    reference = list(document.iter(DS + "Reference"))[1]
    reference.getparent().remove(reference)


def repeat_a_reference(document):
    reference = next(document.iter(DS + "Reference"))
    again = copy_of(reference)
    again.set("Id", "again")
    reference.addnext(again)


def add_certificate(document):
    (certificate,) = document.iter(DS + "X509Certificate")
    certificate.getparent().append(copy_of(certificate))


def add_comment(document):
    next(document.iter(DS + "DigestValue")).append(etree.Comment("x"))


def add_transform(document):
    reference = next(document.iter(DS + "Reference"))
    transforms = etree.Element(DS + "Transforms")
    etree.SubElement(transforms, DS + "Transform", Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116")
    reference.insert(0, transforms)


def nest_in_wrapper(document):
    etree.SubElement(document, "wrapper").append(document[0])


def weaken_digest(document):
    next(document.iter(DS + "DigestMethod")).set("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")


def drop_answers(document):
    (answers,) = document.iter(XADES + "OCSPValues")
    answers.clear()


ATTACKS = [
    wrap_second_signature,
    wrap_properties_in_object,
    move_signed_properties_away,
    repeat_an_id,
    point_reference_elsewhere,
    drop_properties_reference,
    repeat_a_reference,
    add_certificate,
    add_comment,
    add_transform,
    nest_in_wrapper,
    drop_answers,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_nothing_is_wrapped_around_a_signature(attack):
    _, xml, _ = make(ONE)
    with pytest.raises(SignatureError) as refused:
        read_signature(edit(xml, attack))
    assert refused.value.code == "malformed_signature"


def test_a_weak_digest_is_refused():
    signer, xml, received = make(ONE)
    with pytest.raises(SignatureError):
        prove(edit(xml, weaken_digest), received, signer)


def test_a_doctype_and_entities_are_refused():
    _, xml, _ = make(ONE)
    bomb = xml.replace(b'standalone="no"?>', b'?><!DOCTYPE x [<!ENTITY a "aaaa">]>')
    with pytest.raises(SignatureError) as refused:
        read_signature(bomb)
    assert refused.value.code == "invalid_xml"


def test_an_intermediate_certificate_that_differs_from_its_digest_is_refused():
    _, xml, _ = make(ONE, intermediate=True)

    def swap(document):
        (value,) = document.iter(XADES + "EncapsulatedX509Certificate")
        value.text = base64.b64encode(make_country().top.der).decode()

    with pytest.raises(SignatureError) as refused:
        read_signature(edit(xml, swap))
    assert refused.value.code == "malformed_signature"


def test_a_stamped_signature_stays_valid_and_is_not_accepted_over_the_wire():
    signer, xml, received = make(ONE)
    stamped = add_signature_timestamp(xml, b"token")
    document = read_signature(stamped)
    assert document.timestamp == b"token"
    assert prove_values(document, received, public_key=signer.key.public_key())
    with pytest.raises(SignatureError):
        require_wire_structure(find_signature(parse_xml(stamped)))
    with pytest.raises(SignatureError):
        add_signature_timestamp(stamped, b"token")


SIGNER, GENUINE, RECEIVED = make(TWO)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(GENUINE) - 1), st.binary(min_size=1, max_size=4), st.integers(0, 4))
def test_a_damaged_signature_proves_the_same_or_is_refused(position, patch, removed):
    damaged = GENUINE[:position] + patch + GENUINE[position + removed :]
    try:
        proven = prove(damaged, RECEIVED, SIGNER)
    except RidgewayError:
        return
    assert proven == set(TWO)


def test_no_bit_of_the_signed_parts_of_the_document_can_change():
    ranges = [
        (b"<ds:SignedInfo>", b"</ds:SignedInfo>"),
        (b'"signature-value">', b"</ds:SignatureValue>"),
        (b"<xades:SignedProperties", b"</xades:SignedProperties>"),
    ]
    for position in [
        each for start, end in ranges for each in range(GENUINE.index(start) + len(start), GENUINE.index(end))
    ]:
        damaged = bytearray(GENUINE)
        damaged[position] ^= 1
        try:
            proven = prove(bytes(damaged), RECEIVED, SIGNER)
        except RidgewayError:
            continue
        pytest.fail(f"changed at {GENUINE[position - 20 : position + 20]!r} and still proven: {proven}")


@given(st.binary(max_size=300))
def test_garbage_is_refused(data):
    with pytest.raises(SignatureError):
        read_signature(data)
