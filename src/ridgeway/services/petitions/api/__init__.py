"""What programs read: JSON, CSV, Atom, and their description."""
