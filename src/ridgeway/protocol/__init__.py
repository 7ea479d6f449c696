"""What the specifications say, as values and functions: no socket, clock, file, thread, log or framework.

Law: whatever stands here can be cited from an X-Road, ETSI, W3C or IETF document; whatever cannot, may not enter.
The folders are built from the bottom up: identifiers, messages, certificates, hashchains, timestamps, signatures,
transport, globalconf, exchange. Each imports only those before it.
"""
