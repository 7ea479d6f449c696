"""The information systems behind the lab's security servers, each its own process with its own SQLite.

Law: they are built on `ridgeway.client` alone, as anybody's would be; none knows a key, a certificate or the log.
"""
