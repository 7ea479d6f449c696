"""The desk to write in: packages as forms. Law: what a form writes is the author's own YAML, changed in those lines."""
