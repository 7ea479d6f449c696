"""The names of the entries of a container, as ZIP entries and as parts that a signature names, and of its file.

Law: entries are looked up by these exact names; what else lies in a container is ignored, attachments excepted.
Source: PR-SIGDOC §3; ETSI TS 102 918.
"""

from urllib.parse import quote_plus

MIMETYPE = "mimetype"
MESSAGE = "message.xml"
SIGNATURE = "META-INF/signatures.xml"
SIG_CHAIN_RESULT = "sig-hashchainresult.xml"
SIG_CHAIN = "sig-hashchain.xml"
TS_CHAIN_RESULT = "ts-hashchainresult.xml"
TS_CHAIN = "ts-hashchain.xml"
MANIFEST = "META-INF/manifest.xml"
ASIC_MANIFEST = "META-INF/ASiCManifest.xml"
TIMESTAMP = "META-INF/timestamp.tst"
ATTACHMENT = "attachment"

ENTRIES = (
    MIMETYPE,
    MESSAGE,
    SIGNATURE,
    SIG_CHAIN_RESULT,
    SIG_CHAIN,
    TS_CHAIN_RESULT,
    TS_CHAIN,
    MANIFEST,
    ASIC_MANIFEST,
    TIMESTAMP,
)
"""In the order in which they are written; attachments come last."""

CONTAINER_TYPE = "application/vnd.etsi.asic-e+zip"
MAX_QUERY_ID_CHARACTERS = 226
DIGITS_32 = "0123456789abcdefghijklmnopqrstuv"


def part_name(entry: str) -> str:
    """The name by which a signature or a hash chain calls an entry."""
    return "/" + entry


def attachment_entry(number: int) -> str:
    """The entry of an attachment; numbers begin with 1."""
    return f"{ATTACHMENT}{number}"


def render_container_name(query_id: str, *, is_response: bool, number: int) -> str:
    """The file name of a container in an archive: its query, its direction and its running number."""
    direction = "response" if is_response else "request"
    escaped = quote_plus(query_id, safe="*-._").replace("~", "%7E")[:MAX_QUERY_ID_CHARACTERS]
    return f"{escaped}-{direction}-{render_base32(number)}.asice"


def render_base32(number: int) -> str:
    """A number in base 32 with the digits 0-9 and a-v."""
    if number < 0:
        raise ValueError("a running number is not negative")
    digits = ""
    while True:
        number, digit = divmod(number, 32)
        digits = DIGITS_32[digit] + digits
        if number == 0:
            return digits
