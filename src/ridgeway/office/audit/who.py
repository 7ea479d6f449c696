"""Who runs a command, as the system knows it.

Law: the name comes from the account, never from the environment, which anybody may set.
"""

import os
import pwd


def read_user() -> str:
    """The account that runs this process."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"
