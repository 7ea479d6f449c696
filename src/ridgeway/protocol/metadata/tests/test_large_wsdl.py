"""Documents that ask for much more work than they have bytes; each is read in one pass, or these tests never end."""

from ridgeway.protocol.metadata import hide_addresses, read_wsdl

MANY = 20_000
OPEN = (
    '<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/">'
    '<w:portType name="t"/>'
)
BINDING = '<w:binding name="{}" type="t"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>{}</w:binding>'
PORT = '<w:port name="p" binding="{}"><s:address location="http://{}"/></w:port>'


def write(bindings: str, ports: str) -> bytes:
    return f'{OPEN}{bindings}<w:service name="s">{ports}</w:service></w:definitions>'.encode()


def test_many_ports_of_one_binding_are_as_many_operations_and_the_last_port_counts() -> None:
    operations = "".join(f'<w:operation name="o{number:05}"/>' for number in range(MANY))
    ports = "".join(PORT.format("b", number) for number in range(MANY))
    services = read_wsdl(write(BINDING.format("b", operations), ports))
    assert len(services) == MANY
    assert {each.url for each in services} == {f"http://{MANY - 1}"}


def test_of_two_bindings_with_an_operation_the_one_whose_port_comes_last_counts() -> None:
    operation = '<w:operation name="o"/>'
    bindings = BINDING.format("b", operation) + BINDING.format("c", operation)
    ports = PORT.format("b", "first") + PORT.format("c", "second") + PORT.format("b", "third")
    assert [each.url for each in read_wsdl(write(bindings, ports))] == ["http://third"]


def test_many_addresses_are_hidden_and_all_between_them_stays() -> None:
    marks = "".join(f"<!-- {number} --><s:address location='http://x/{number}'/>" for number in range(MANY))
    hidden = hide_addresses(write("", marks), address="http://hidden")
    expected = "".join(f'<!-- {number} --><s:address location="http://hidden"/>' for number in range(MANY))
    assert hidden == write("", expected)
