import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import RidgewayError, SignatureError
from ridgeway.protocol.hashchains import Digest, build_hash_chains, verify_hash_chain
from ridgeway.protocol.hashchains.build import tree_top
from ridgeway.protocol.hashchains.digestlist import write_digest_list
from ridgeway.protocol.hashchains.digests import SHA256, PartDigests
from ridgeway.protocol.hashchains.verify import DataDigest

CHAIN = "/sig-hashchain.xml"


def sha512(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()


def parts_of(index: int, attachments: int) -> PartDigests:
    bodies = tuple((f"/attachment{number}", sha512(b"%d %d" % (index, number))) for number in range(1, attachments + 1))
    return (("/message.xml", sha512(b"message %d" % index)), *bodies)


def walk(result: bytes, chain: bytes, parts: PartDigests):
    inputs = {uri: Digest(value) for uri, value in parts}
    return verify_hash_chain(result, resolve={CHAIN: chain}.get, inputs=inputs)


def test_the_octets_of_a_step_are_those_of_the_specification():
    uri = "0c27" + SHA256.encode().hex() + "3000"
    written = write_digest_list([Digest(b"\x0b", SHA256), Digest(b"\x0c", SHA256)])
    assert written.hex() == "3060" + "302e04010b" + uri + "302e04010c" + uri
    assert len(write_digest_list([Digest(sha512(b"a")), Digest(sha512(b"b"))])) == 225


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 11])
@pytest.mark.parametrize("attachments", [0, 1, 3])
def test_every_message_of_a_batch_leads_to_the_one_result(count, attachments):
    inputs = [parts_of(index, attachments) for index in range(count)]
    built = build_hash_chains(inputs)
    for chain, parts in zip(built.chains, inputs, strict=True):
        proven = walk(built.result, chain, parts)
        assert proven.parts == tuple(DataDigest(uri, Digest(value), True) for uri, value in parts)


def test_ten_thousand_signatures_come_under_one_result():
    inputs = [(("/META-INF/signatures.xml", sha512(b"%d" % index)),) for index in range(10_000)]
    built = build_hash_chains(inputs)
    assert len(built.chains) == 10_000
    assert walk(built.result, built.chains[9_999], inputs[9_999]).parts[0].is_checked


def test_a_third_leaf_stands_beside_the_first_two():
    a, b, c = (Digest(sha512(name)) for name in (b"a", b"b", b"c"))
    assert tree_top([a, b, c]) == tree_top([tree_top([a, b]), c])


def test_a_changed_part_is_refused():
    parts = parts_of(0, 1)
    built = build_hash_chains([parts])
    changed = (parts[0], ("/attachment1", sha512(b"other")))
    with pytest.raises(SignatureError) as refused:
        walk(built.result, built.chains[0], changed)
    assert refused.value.code == "invalid_hash_chain"


def test_a_part_that_was_not_signed_is_refused():
    parts = parts_of(0, 1)
    built = build_hash_chains([parts])
    with pytest.raises(SignatureError) as refused:
        walk(built.result, built.chains[0], (*parts, ("/attachment2", sha512(b"smuggled"))))
    assert refused.value.code == "hashchain_unused_inputs"


def test_a_part_that_was_signed_but_not_sent_is_refused_over_the_wire():
    parts = parts_of(0, 2)
    built = build_hash_chains([parts])
    with pytest.raises(SignatureError) as refused:
        walk(built.result, built.chains[0], parts[:2])
    assert refused.value.code == "invalid_hash_chain_ref"


def test_a_loop_ends_in_a_refusal():
    built = build_hash_chains([parts_of(0, 0), parts_of(1, 0)])
    looping = built.chains[0].replace(b"<HashValue>", b'<StepRef URI="#STEP0"/><HashValue>')
    with pytest.raises(SignatureError) as refused:
        walk(built.result, looping, parts_of(0, 0))
    assert refused.value.code == "malformed_hash_chain"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<HashStep", b"<!-- x --><HashStep"),
        (b"<HashStep", b"<Other/><HashStep"),
        (b"<HashStep id=", b"<HashStep other='' id="),
        (b"sha512", b"sha1"),
        (b"<HashChain ", b"<!DOCTYPE x><HashChain "),
        (b"STEP0", b"STEP9"),
        (b"</ds:DigestValue>", b"!</ds:DigestValue>"),
    ],
)
def test_what_the_schema_does_not_know_is_malformed(old, new):
    parts = parts_of(0, 1)
    built = build_hash_chains([parts])
    with pytest.raises(SignatureError) as refused:
        walk(built.result, built.chains[0].replace(old, new, 1), parts)
    assert refused.value.code == "malformed_hash_chain"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 5000), st.binary(max_size=3), st.booleans())
def test_a_damaged_document_is_refused_or_says_the_same(position, patch, in_result):
    parts = parts_of(0, 2)
    built = build_hash_chains([parts, parts_of(1, 0)])
    documents = [built.result, built.chains[0]]
    target = documents[0 if in_result else 1]
    position %= len(target)
    documents[0 if in_result else 1] = target[:position] + patch + target[position + len(patch) :]
    try:
        proven = walk(documents[0], documents[1], parts)
    except RidgewayError:
        return
    assert {(each.uri, each.digest.value) for each in proven.parts} == set(parts)


@given(st.binary(max_size=200))
def test_garbage_is_malformed(data):
    with pytest.raises(SignatureError):
        walk(data, data, ())
