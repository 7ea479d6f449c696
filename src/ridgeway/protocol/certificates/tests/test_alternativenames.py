"""Alternative names on one line, whatever strangers write into them."""

import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from ridgeway.protocol.certificates import read_certificate, render_alternative_names
from ridgeway.protocol.certificates.tests.cast import DAY, NOW, SIGNER, name_of


def test_each_name_stands_behind_the_word_for_its_kind():
    names = [
        x509.DNSName("ss1.example.org"),
        x509.RFC822Name("desk@example.org"),
        x509.DirectoryName(name_of("Office")),
        x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
        x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
        x509.OtherName(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"),
        x509.DNSName("a\n, DNS:b"),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name_of("ss1"))
        .issuer_name(name_of("ss1"))
        .public_key(SIGNER.key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + DAY)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(SIGNER.key, hashes.SHA256())
    )
    assert render_alternative_names(read_certificate(certificate.public_bytes(Encoding.DER))) == (
        "DNS:ss1.example.org, email:desk@example.org, DirName:CN=Office,O=Lab, IP Address:192.0.2.1, "
        "Registered ID:1.2.3, othername:<unsupported>, DNS:a\\0A\\, DNS:b"
    )


def test_a_certificate_without_other_names_has_none():
    assert render_alternative_names(SIGNER.certificate) is None
