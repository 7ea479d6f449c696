"""The messages of the worked example: a system of EE/BUSINESS/consumer asks for pets, and gets none."""

from ridgeway.protocol.messages import RestRequest, build_rest_request

REQUEST_ID = "11111111-2222-4333-8444-555555555555"
QUERY_ID = "EE-66666666-7777-4888-9999-000000000000"
TARGET = "/r1/EE/BUSINESS/producer/sub/echo/v1/pets?limit=2"
CLIENT = ("X-Road-Client", "EE/BUSINESS/consumer/sub")

REQUEST = (
    b"GET\r\n"
    b"/r1/EE/BUSINESS/producer/sub/echo/v1/pets?limit=2\r\n"
    b"Accept:application/json\r\n"
    b"X-Road-Client:EE/BUSINESS/consumer/sub\r\n"
    b"x-road-request-id:11111111-2222-4333-8444-555555555555\r\n"
    b"x-road-id:EE-66666666-7777-4888-9999-000000000000\r\n"
)
REQUEST_HASH = "eD5Tpox6KPBubMgv4yct9LDsC74GvvuXg6GnPh1aBifhyzq9us7swvwXMLh1qTL+RJgJI2jct0rkaGtiUmRJXQ=="
RESPONSE = (
    b"200\r\n"
    b"OK\r\n"
    b"Content-Type:application/json\r\n"
    b"x-road-id:EE-66666666-7777-4888-9999-000000000000\r\n"
    b"x-road-client:EE/BUSINESS/consumer/sub\r\n"
    b"x-road-service:EE/BUSINESS/producer/sub/echo\r\n"
    b"x-road-request-id:11111111-2222-4333-8444-555555555555\r\n"
    b"x-road-request-hash:" + REQUEST_HASH.encode() + b"\r\n"
)


def make_request(method: str = "GET", target: str = TARGET, *headers: tuple[str, str]) -> RestRequest:
    """What the consumer's server makes of a request with these headers."""
    return build_rest_request(method, target, headers or (CLIENT,), new_request_id=REQUEST_ID, new_query_id=QUERY_ID)
