"""A country on a laptop, for learning and testing: authorities, a central server, organisations, and their systems.

Law: it refuses production. Every process runs as an operator would run it; organisations share nothing but the network.
Read `country.py` (what is in it), `setup.py` (how it is built once), `run.py` (how it is kept running).
"""
