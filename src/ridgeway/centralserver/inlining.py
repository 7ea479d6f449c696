"""A central server's document made whole: the files that it names are written into it.

Law: what is kept and compared is what the files held when the document was applied; a name that is no file stays as
it is, and is told as a fault with its line by `meaning.py`.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from ridgeway.centralserver.documents import CentralServerDocument
from ridgeway.office.documents.files import inline


def inline_files(value: CentralServerDocument, folder: Path) -> CentralServerDocument:
    """The document with the files that it names written out; a name that is no file stays as it is."""
    return replace(
        value,
        security_servers=tuple(
            replace(
                row, authentication_certificates=tuple(inline(text, folder) for text in row.authentication_certificates)
            )
            for row in value.security_servers
        ),
        certification_services=tuple(
            replace(
                inline_certificate(entry, folder),
                ocsp_responders=tuple(inline_certificate(each, folder) for each in entry.ocsp_responders),
                intermediates=tuple(
                    replace(
                        inline_certificate(each, folder),
                        ocsp_responders=tuple(inline_certificate(one, folder) for one in each.ocsp_responders),
                    )
                    for each in entry.intermediates
                ),
            )
            for entry in value.certification_services
        ),
        timestamping_services=tuple(inline_certificate(entry, folder) for entry in value.timestamping_services),
        management_service=value.management_service and inline_certificate(value.management_service, folder),
        trusted_anchors=tuple(inline(text, folder) for text in value.trusted_anchors),
        configuration_parts=tuple(
            replace(row, content=inline(row.content, folder)) for row in value.configuration_parts
        ),
    )


def inline_certificate(entry: Any, folder: Path) -> Any:
    """An entry with its certificate written out."""
    return entry if entry.certificate is None else replace(entry, certificate=inline(entry.certificate, folder))
