"""One strict reader for the YAML that people write: every fault at once, each with its line."""

from ridgeway.office.documents.reader import Node, parse_yaml
from ridgeway.office.documents.schema import (
    Document,
    Fault,
    read_document,
    read_document_file,
    require_no_faults,
    to_content,
)

__all__ = [
    "Document",
    "Fault",
    "Node",
    "parse_yaml",
    "read_document",
    "read_document_file",
    "require_no_faults",
    "to_content",
]
