"""The verbs of `ridgeway assessments`, a file a group."""
