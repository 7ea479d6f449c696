"""Who runs a package, what its publisher warns of, and how a recall reaches what runs."""
