"""Joining an instance: asking the central server to register this server, its certificate and its clients."""
