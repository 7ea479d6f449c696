"""Counts without people: taken in memory, written in batches, told with small cells left out."""
