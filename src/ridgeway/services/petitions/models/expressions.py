"""Conditions that both databases know in their own words: the domain of an address, a network, a pattern with `%`.

Law: what a person typed is always a parameter. `DomainOf` has none, so that a database sees that a condition and an
index are the same.
"""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from django.db.models import CharField, Func, GenericIPAddressField, Lookup, TextField

IN_NETWORK = "ridgeway_in_network"
OCTET_BITS, HEXTET_BITS = 8, 16


class DomainOf(Func):
    """What stands after the `@` of an address."""

    arity = 1
    output_field = CharField()
    template = "split_part(%(expressions)s, '@', 2)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite has no `split_part`."""
        template = "substr(%(expressions)s, instr(%(expressions)s, '@') + 1)"
        return self.as_sql(compiler, connection, template=template, **context)


@CharField.register_lookup
@TextField.register_lookup
class Fits(Lookup[Any]):
    """`name__fits="Su%"`: a pattern in which `%` stands for anything, with no regard to small and large letters."""

    lookup_name = "fits"
    operator = "ILIKE"

    def get_prep_lookup(self) -> str:
        """The pattern, whose other signs stand for themselves."""
        return str(self.rhs).replace("\\", "\\\\").replace("_", "\\_")

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """The condition."""
        left, parameters = self.process_lhs(compiler, connection)
        operator = "LIKE" if connection.vendor == "sqlite" else self.operator
        return f"{left} {operator} %s ESCAPE '\\'", [*parameters, self.rhs]


@GenericIPAddressField.register_lookup
class InNetwork(Lookup[Any]):
    """`ip__in_network="192.0.2.0/24"`: an address that lies in the network."""

    lookup_name = "in_network"

    def get_prep_lookup(self) -> str:
        """The network in its shortest spelling."""
        return str(ip_network(self.rhs))

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """PostgreSQL knows networks."""
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} <<= %s::inet", [*parameters, self.rhs]

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        """SQLite narrows by the beginning of the text, which an index serves, and asks us about the rest."""
        left, parameters = self.process_lhs(compiler, connection)
        network = ip_network(self.rhs)
        if network.num_addresses == 1:
            return f"{left} = %s", [*parameters, str(network.network_address)]
        connection.ensure_connection()
        connection.connection.create_function(IN_NETWORK, 2, is_in_network, deterministic=True)
        start = beginning_of(network)
        if not start:
            return f"{IN_NETWORK}({left}, %s)", [*parameters, self.rhs]
        after = start[:-1] + chr(ord(start[-1]) + 1)
        condition = f"({left} >= %s AND {left} < %s AND {IN_NETWORK}({left}, %s))"
        return condition, [*parameters, start, *parameters, after, *parameters, self.rhs]


def is_in_network(text: str | None, network: str) -> bool:
    """Whether the address lies in the network; what is none does not."""
    if not text:
        return False
    address, wanted = ip_address(text), ip_network(network)
    return address.version == wanted.version and address in wanted


def beginning_of(network: IPv4Network | IPv6Network) -> str:
    """How the text of each address in the network begins, as far as its parts are whole; perhaps not at all."""
    if isinstance(network, IPv4Network):
        whole = str(network.network_address).split(".")[: network.prefixlen // OCTET_BITS]
        return "".join(f"{part}." for part in whole)
    hextets = network.network_address.exploded.split(":")[: network.prefixlen // HEXTET_BITS]
    known = []
    for hextet in hextets:
        if int(hextet, HEXTET_BITS) == 0:
            break  # a run of noughts is left out of the text
        known.append(f"{int(hextet, HEXTET_BITS):x}:")
    return "".join(known)
