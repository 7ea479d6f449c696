"""What an adopter changed in another's package, kept apart from it, and carried over to the next release. Pure."""
