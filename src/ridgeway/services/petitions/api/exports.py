"""Lists as CSV: whole, streamed, and harmless in a spreadsheet.

Law: what begins like a formula has its first sign written as `%3D` and the like, since those texts are strangers'.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_safe

from ridgeway.services.petitions.api.answers import link_petition
from ridgeway.services.petitions.pages.caching import revalidate
from ridgeway.services.petitions.queries.listing import parse_listing
from ridgeway.services.petitions.queries.searching import find_listed

CSV = "text/csv; charset=utf-8"
FORMULA_MARKS = frozenset("=+-@\t\r")
CHUNK = 500
HEADER = ("Petition", "URL", "State", "Signatures Count")
FILE = "filtered-petitions.csv"
WANTED = ("pk", "action", "state", "signature_count", "archived_at")
Cell = str | int


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def escape_cell(cell: Cell) -> Cell:
    """The cell, its first sign spelt out where a spreadsheet would calculate."""
    if isinstance(cell, str) and cell[:1] in FORMULA_MARKS and cell:
        return quote(cell[0], safe="").replace("-", "%2D") + cell[1:]
    return cell


def stream_csv(filename: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """An answer that is written row by row; any site's scripts may read it."""

    def write() -> Iterator[str]:
        writer = csv.writer(Echo())
        yield writer.writerow(header)
        for row in rows:
            yield writer.writerow([escape_cell(cell) for cell in row])

    response = StreamingHttpResponse(write(), content_type=CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def export_petitions(request: HttpRequest) -> HttpResponseBase:
    """`/petitions.csv`: every petition that the list would page through."""
    return export(request, is_archive=False)


@require_safe
def export_archived(request: HttpRequest) -> HttpResponseBase:
    """`/archived/petitions.csv`."""
    return export(request, is_archive=True)


def export(request: HttpRequest, *, is_archive: bool) -> HttpResponseBase:
    """The whole list that the address asks for."""
    listing = parse_listing(request.GET, is_archive=is_archive)
    petitions = find_listed(listing).only(*WANTED).iterator(chunk_size=CHUNK)
    rows = ((each.action, link_petition(each), str(each.state), each.signature_count) for each in petitions)
    return revalidate(stream_csv(FILE, HEADER, rows))


urlpatterns = [
    path("petitions.csv", export_petitions, name="petitions-csv"),
    path("archived/petitions.csv", export_archived, name="archived-petitions-csv"),
]
