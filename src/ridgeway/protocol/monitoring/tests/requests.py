"""Monitoring requests for the tests, made from their parts."""

ENVELOPE = """<?xml version="1.0" encoding="utf-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"
    xmlns:xroad="http://x-road.eu/xsd/xroad.xsd" xmlns:om="http://x-road.eu/xsd/op-monitoring.xsd"
    xmlns:m="http://x-road.eu/xsd/monitoring" xmlns:id="http://x-road.eu/xsd/identifiers">
<SOAP-ENV:Header>
<xroad:client id:objectType="MEMBER"><id:xRoadInstance>NM</id:xRoadInstance><id:memberClass>GOV</id:memberClass>
<id:memberCode>1</id:memberCode></xroad:client>
<xroad:service id:objectType="SERVICE"><id:xRoadInstance>NM</id:xRoadInstance><id:memberClass>GOV</id:memberClass>
<id:memberCode>1</id:memberCode><id:serviceCode>{code}</id:serviceCode></xroad:service>
<xroad:id>q-1</xroad:id><xroad:requestHash algorithmId="x">old</xroad:requestHash>
<xroad:protocolVersion>4.0</xroad:protocolVersion>
</SOAP-ENV:Header>
<SOAP-ENV:Body>{body}</SOAP-ENV:Body>
</SOAP-ENV:Envelope>"""

PROVIDER = """<om:client id:objectType="SUBSYSTEM"><id:xRoadInstance>NM</id:xRoadInstance>
<id:memberClass>GOV</id:memberClass><id:memberCode>2</id:memberCode><id:subsystemCode>pop</id:subsystemCode>
</om:client>"""


def soap(code: str, body: str) -> bytes:
    """A request for one of the server's own services."""
    return ENVELOPE.format(code=code, body=body).encode()


def operational(criteria: str, spec: str = "") -> bytes:
    """A request for records."""
    code = "getSecurityServerOperationalData"
    return soap(code, f"<om:{code}><om:searchCriteria>{criteria}</om:searchCriteria>{spec}</om:{code}>")


def times(start: object = 100, end: object = 200) -> str:
    """The two ends of a period."""
    return f"<om:recordsFrom>{start}</om:recordsFrom><om:recordsTo>{end}</om:recordsTo>"


def health(criteria: str = "") -> bytes:
    """A request for the health of services."""
    code = "getSecurityServerHealthData"
    return soap(code, f"<om:{code}>{criteria}</om:{code}>")


def metrics(spec: str = "") -> bytes:
    """A request for metrics."""
    code = "getSecurityServerMetrics"
    return soap(code, f"<m:{code}>{spec}</m:{code}>")
