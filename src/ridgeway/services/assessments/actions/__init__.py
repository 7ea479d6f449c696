"""The verbs: each is one transaction with one audit line."""
