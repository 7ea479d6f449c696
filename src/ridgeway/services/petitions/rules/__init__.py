"""Decisions of the service: values in, values out. Pure."""
