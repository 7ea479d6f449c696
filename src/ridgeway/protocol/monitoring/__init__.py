"""Monitoring over the exchange: records of messages, health, metrics; what is asked, who may see what, the answers."""

from ridgeway.protocol.monitoring.records import OUTPUT_FIELDS, OperationalRecord, ServerType

__all__ = ["OUTPUT_FIELDS", "OperationalRecord", "ServerType"]
