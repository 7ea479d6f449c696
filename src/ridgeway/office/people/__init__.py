"""Who works at a desk: accounts, roles, gates, and how one signs in.

Law: a page of a desk says what it asks for with `gates.gate`, and nobody passes it without. `roles` and `actor` are
pure; `gates` asks only Django's requests; `models` holds the tables. Nothing is exported here, so that Django may
import this package before its models are ready.
"""
