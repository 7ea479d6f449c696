"""Counts that say nothing of a person."""
