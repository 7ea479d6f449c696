"""Who says so: statements signed by an organisation's own security server, and proven offline years later."""
