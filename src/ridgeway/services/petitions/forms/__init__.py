"""Forms of the public pages: plain Django forms whose fields ask the rules."""
