"""A package of data as its author wrote it, and the one compiled document that both engines run. Pure."""
