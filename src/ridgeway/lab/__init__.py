"""A country on a laptop: authorities, a central server, security servers, and the systems behind them.

Law: everything here is real and speaks over the network, and none of it runs in production.
Read next: `country.py` (who is in it), `authorities/` (who certifies and stamps).
"""
