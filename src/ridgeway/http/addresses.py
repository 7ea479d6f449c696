"""Addresses as people write them, taken apart.

Law: https is verified as on the public web, unless the caller says whom it accepts.
"""

from urllib.parse import urlsplit

from ridgeway.http.public_trust import default_tls
from ridgeway.http.tls import ClientTls
from ridgeway.http.values import Origin


def parse_url(url: str, *, tls: ClientTls | None = None) -> tuple[Origin, str]:
    """The origin and the request target of an http or https address; a fragment is left out.

    Raises:  ValueError for another scheme, credentials in the address, or no host.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError(f"{url!r} is not an address of the form http://host[:port]/path or https://…")
    is_secure = parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Origin(parts.hostname, port, (tls or default_tls()) if is_secure else None), target
