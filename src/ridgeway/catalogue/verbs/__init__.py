"""The verbs of `ridgeway catalogue`, a file a group."""
