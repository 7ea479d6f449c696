"""Who asks, when proxies stand between: the nearest address that no proxy of ours added.

Law: what a proxy says is believed only of proxies that the operator named; anybody may write a header. Pure.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from ridgeway.errors import SettingsError

Networks = Sequence[IPv4Network | IPv6Network]


def parse_networks(text: str, *, key: str) -> Networks:
    """Networks as `10.0.0.0/8`, with commas.

    Raises:  SettingsError(malformed_settings) naming the setting `key`.
    """
    try:
        return [ip_network(each.strip()) for each in text.split(",") if each.strip()]
    except ValueError as error:
        raise SettingsError("malformed_settings", f"{key}: {error}; write networks as 10.0.0.0/8.") from error


def find_client_address(peer: str, forwarded: str, trusted: Networks) -> str | None:
    """The address of whoever asks, in its shortest spelling; None where nobody knows it.

    Shapes:  `peer` is the other end of the connection, `forwarded` the value of `X-Forwarded-For`.
    """
    found = None
    for text in (peer, *reversed(forwarded.split(","))):
        try:
            address = ip_address(text.strip())
        except ValueError:
            break
        address = getattr(address, "ipv4_mapped", None) or address
        found = str(address)
        if not any(address in network for network in trusted if network.version == address.version):
            break
    return found
