"""The table of applied documents of one security server.

Law: as `office/documents/versions.py` says; the newest version is what counts.
"""

from ridgeway.office.documents.versions import AppliedDocument


class Version(AppliedDocument):
    """One version of the server's document."""

    class Meta:
        db_table = "securityserver_version"
