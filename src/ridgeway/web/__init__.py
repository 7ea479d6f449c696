"""The Django side of Ridgeway: its settings, derived from ours, and later its sites."""
