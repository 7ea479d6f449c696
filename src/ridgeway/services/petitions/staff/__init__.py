"""The pages of the staff site, one module a kind of work."""
