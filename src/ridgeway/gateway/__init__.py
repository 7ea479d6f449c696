"""The part of a security server that carries messages: it runs the exchange against the world.

`doors/` is what others connect to, `peers/` what we connect to, `hands/` one small function a command of
`protocol/exchange`. Read `hands/drive.py` first, then `doors/consumer.py`.
"""
