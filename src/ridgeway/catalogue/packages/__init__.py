"""A package as it is passed on: its files, the list of their digests, what its publisher states of it. Pure."""
