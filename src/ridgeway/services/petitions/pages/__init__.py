"""The pages of the public site, one module a step of a petition's life."""
