"""What others connect to: the consumer door, the peer door (5500) and the OCSP door (5577)."""
