"""A shelf: a folder of published packages that can be searched."""
