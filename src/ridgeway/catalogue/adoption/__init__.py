"""A package of somebody else's as an organisation runs it: theirs, what it changed, and the two put together."""
