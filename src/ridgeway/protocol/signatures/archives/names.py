"""The names of archives, of the groups whose records share one, and of what lies inside.

Law: a name of ours is one plain file name on every system; whatever else a member's codes hold becomes `_`.
Source: UG-SS §11 (archive files); X-Road's archive writer.
"""

import re
from datetime import UTC, datetime

LINKING_INFO = "linkinginfo"
CONTAINER_ENDING = ".asice"
ARCHIVE_ENDING = ".zip"
ENCRYPTED_ENDING = ".zip.gpg"
MAX_GROUP_CHARACTERS = 200
DIGEST_CHARACTERS = 16
UNSAFE = re.compile(r"[\\<>/:|*?\x00-\x1f\x7f-\x9f]")
TIME = "%Y%m%d%H%M%S"
PLAIN_NAME = re.compile(r"[^\s/\\\x00-\x1f\x7f]{1,255}")


def render_archive_name(
    group: str, *, first_at: datetime, last_at: datetime, last_digest: str, is_encrypted: bool = False
) -> str:
    """The file name of an archive: its group, the times (UTC) of its first and last record, the end of its chain.

    Shapes:  `group` is `INSTANCE/CLASS/CODE[/SUBSYSTEM]`, or empty where all records share archives.
    """
    prefix = f"{UNSAFE.sub('_', group)}-"[:MAX_GROUP_CHARACTERS] if group else ""
    times = "-".join(at.astimezone(UTC).strftime(TIME) for at in (first_at, last_at))
    ending = ENCRYPTED_ENDING if is_encrypted else ARCHIVE_ENDING
    return f"mlog-{prefix}{times}-{last_digest[:DIGEST_CHARACTERS]}{ending}"


def is_plain_name(name: str) -> bool:
    """Whether this names a file beside others and nothing elsewhere: no folder, no space, no control character."""
    return PLAIN_NAME.fullmatch(name) is not None and name not in (".", "..")
