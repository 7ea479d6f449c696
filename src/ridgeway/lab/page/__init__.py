"""The country page: a newcomer sees a message asked, answered and proven, and unproven by one flipped byte.

Law: every figure is live; it works without script, at 320 pixels, by keyboard and for a screen reader; it listens on
loopback alone and takes orders from its own pages alone.
"""
