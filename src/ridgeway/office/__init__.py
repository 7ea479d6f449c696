"""What every desk needs, exchange or public service; no noun of one service is in it."""
