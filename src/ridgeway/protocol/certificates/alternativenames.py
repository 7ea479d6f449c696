"""The other names of a certificate's subject, as X-Road's desks show them.

Law: names in their order, each behind the word for its kind; what has no text of its own is said to be unsupported.
Source: RFC 5280 §4.2.1.6; X-Road's certificate pages.
"""

from cryptography import x509

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.names import escape_value, render_name
from ridgeway.protocol.certificates.x509 import UNREADABLE, Certificate

KINDS: dict[type[x509.GeneralName], str] = {
    x509.OtherName: "othername",
    x509.RFC822Name: "email",
    x509.DNSName: "DNS",
    x509.DirectoryName: "DirName",
    x509.UniformResourceIdentifier: "URI",
    x509.IPAddress: "IP Address",
    x509.RegisteredID: "Registered ID",
}


def render_alternative_names(certificate: Certificate) -> str | None:
    """The names as one line; None when the certificate has none.

    Raises:  CertificateError(incorrect_certificate) when they cannot be read.
    """
    try:
        extension = certificate.loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return ", ".join(f"{KINDS[type(name)]}:{render_value(name)}" for name in extension.value) or None
    except x509.ExtensionNotFound:
        return None
    except (*UNREADABLE, KeyError, x509.UnsupportedGeneralNameType) as error:
        raise CertificateError(
            "incorrect_certificate", f"The alternative names of {certificate.subject} cannot be read: {error}."
        ) from error


def render_value(name: x509.GeneralName) -> str:
    """One name without its kind."""
    match name:
        case x509.OtherName():
            return "<unsupported>"
        case x509.DirectoryName():
            return render_name(name.value)
        case x509.RegisteredID():
            return name.value.dotted_string
        case _:
            return escape_value(str(name.value))
