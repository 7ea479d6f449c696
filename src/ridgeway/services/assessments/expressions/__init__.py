"""The expression language of assessments: a small, typed, three-valued part of CEL. Pure."""
