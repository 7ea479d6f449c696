"""A catalogue as an exchange service: others search it, fetch from it, and tell its publisher what they run."""
