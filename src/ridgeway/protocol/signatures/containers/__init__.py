"""Signed containers (ASiC-E): reading, writing and proving what was said to whom and when."""

from ridgeway.protocol.signatures.containers.names import CONTAINER_TYPE, render_container_name
from ridgeway.protocol.signatures.containers.read import Attachment, Container, read_container
from ridgeway.protocol.signatures.containers.verify import (
    KeptAttachment,
    MessageKind,
    VerifiedContainer,
    verify_container,
)
from ridgeway.protocol.signatures.containers.write import ContainerParts, write_container

__all__ = [
    "CONTAINER_TYPE",
    "Attachment",
    "Container",
    "ContainerParts",
    "KeptAttachment",
    "MessageKind",
    "VerifiedContainer",
    "read_container",
    "render_container_name",
    "verify_container",
    "write_container",
]
