"""Going on with another device: the answers as a picture and a code, sealed for one hour; and where that device lands.

Law: nothing is kept here. What stands after `#` in an address is never sent to a server, so a small script puts it
into the form of the landing page; without a script the code is pasted. A code is good until its hour is over.
"""

from datetime import timedelta
from typing import Final

import qrcode
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_L

from ridgeway.services.assessments.carrying import Carried, Purpose, SealError, seal, unseal
from ridgeway.services.assessments.pages.caching import MACHINE_SECONDS, keep_publicly
from ridgeway.services.assessments.pages.cookies import has_cookie, set_cookie
from ridgeway.services.assessments.pages.drawing import Sheet, find_press
from ridgeway.services.assessments.pages.guarding import at_place, give_token, protect
from ridgeway.services.assessments.pages.place import Place
from ridgeway.services.assessments.pages.steps import answer_step, give_field, say_until
from ridgeway.services.assessments.pages.visiting import Visit, open_visit, settle

DEVICE_MINUTES: Final = 60
CODE_FIELD: Final = "code"
MAX_PICTURE: Final = 1_500
"""Letters of an address that a telephone still reads from a screen."""
MODULE: Final = 4
"""Units of a square of the picture."""
BORDER: Final = 4
MASK: Final = 0
"""One pattern for all: trying all eight, as the standard proposes, takes half a second of a process."""


@at_place(with_answers=True)
def show_code(request: HttpRequest, place: Place) -> HttpResponse:
    """`/PACKAGE/LANG/continue`: the answers for another device."""
    visit = open_visit(request, place)
    code = seal(visit.carried.kept_until(place.now + timedelta(minutes=DEVICE_MINUTES)), Purpose.DEVICE)
    landing = f"{settings.RIDGEWAY_SITE.address.rstrip('/')}{visit.place.address('arrive')}"
    picture = draw_picture(f"{landing}#{code}")
    words, press, token = visit.place.words, find_press(), give_token()
    main = press.draw("assessments/device.html", visit.place, code=code, landing=landing, picture=picture)
    in_page = not visit.has_cookie
    kept, is_longer = visit.prolonged(in_page=in_page)
    fields = token + (give_field(seal(kept, Purpose.PAGE)) if in_page else Markup())
    sheet = Sheet(
        title=words["device_title"],
        main=main,
        suffix="continue",
        back=visit.place.address(visit.furthest),
        until=say_until(visit, kept.expires_at, in_page=in_page),
        fields=fields,
        in_page=in_page,
    )
    response = HttpResponse(press.draw_page(visit.place, sheet))
    if is_longer:
        set_cookie(response, kept)
    return response


def draw_picture(text: str) -> Markup:
    """The text as a QR code in SVG; nothing where it is too long for a telephone."""
    if len(text) > MAX_PICTURE:
        return Markup()
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_L, border=BORDER, mask_pattern=MASK)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    side = len(rows)
    return Markup(
        '<svg class="qr" role="img" aria-labelledby="qr-title" viewBox="0 0 {side} {side}" width="{wide}" '
        'height="{wide}"><title id="qr-title">QR</title><rect width="{side}" height="{side}" fill="#fff"></rect>'
        '<path d="{squares}" fill="#000"></path></svg>'
    ).format(side=side, wide=side * MODULE, squares=squares)


@at_place(with_answers=False, takes_forms=True)
def arrive(request: HttpRequest, place: Place) -> HttpResponse:
    """`/PACKAGE/LANG/arrive`: where the other device lands."""
    if request.method != "POST":
        return keep_publicly(request, draw_landing(place), MACHINE_SECONDS)
    try:
        visit = read_code(request, place)
    except SealError:
        return protect(draw_landing(place, has_errors=True))
    if not visit.has_cookie:  # perhaps it keeps none: the answers come with the page, too
        return protect(answer_step(visit, visit.furthest, in_page=True))
    response = HttpResponseRedirect(visit.place.address(visit.furthest))
    response.status_code = 303
    if not set_cookie(response, visit.extended()):
        return protect(answer_step(visit, visit.furthest, in_page=True))
    return protect(response)


def read_code(request: HttpRequest, place: Place) -> Visit:
    """The visit that a code opens.

    Raises:  SealError.
    """
    given = request.POST.get(CODE_FIELD, "").rpartition("#")[2]
    carried: Carried = unseal("".join(given.split()), Purpose.DEVICE, place.name, now=place.now)
    return settle(place, carried, has_cookie=has_cookie(request, place.name))


def draw_landing(place: Place, *, has_errors: bool = False) -> HttpResponse:
    """The form that takes a code."""
    press, words = find_press(), place.words
    main = press.draw("assessments/arrive.html", place, token=give_token(), has_errors=has_errors, field=CODE_FIELD)
    sheet = Sheet(title=words["arrive_title"], main=main, suffix="arrive", has_errors=has_errors)
    return HttpResponse(press.draw_page(place, sheet), status=422 if has_errors else 200)


urlpatterns: list[URLPattern] = [
    path("<slug:name>/<slug:language>/continue", show_code, name="assessment-continue"),
    path("<slug:name>/<slug:language>/arrive", arrive, name="assessment-arrive"),
]
