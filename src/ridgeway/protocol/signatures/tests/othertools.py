"""Verifying by tools that are not ours: xmlsec for XML signatures."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import xmlsec
from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"


def verify_with_xmlsec(xml: bytes, public_key_pem: bytes, files: Mapping[str, bytes]) -> None:
    """Hold only while xmlsec finds the value and every reference valid; it reads the signed `files` from us."""
    document = etree.fromstring(xml)
    xmlsec.tree.add_ids(document, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(public_key_pem, xmlsec.constants.KeyDataFormatPem)
    (signature,) = document.iter(f"{DS}Signature")
    with served(files):
        context.verify(signature)


@contextmanager
def served(files: Mapping[str, bytes]) -> Iterator[None]:
    """While inside, xmlsec finds these files under their names."""
    xmlsec.cleanup_callbacks()
    xmlsec.register_callbacks(
        lambda name: name.decode() in files,
        lambda name: io.BytesIO(files[name.decode()]),
        lambda stream, buffer: stream.readinto(buffer),
        lambda stream: stream.close(),
    )
    try:
        yield
    finally:
        xmlsec.cleanup_callbacks()
        xmlsec.register_default_callbacks()
