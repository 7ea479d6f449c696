"""Reads that pages and programs share."""
