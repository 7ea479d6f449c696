"""Petitions to a parliament: start, sponsor, moderate, sign, answer, debate, close, archive."""
