"""Packages from disk, read again when they change, for those who write them: `ridgeway assessments serve`.

Law: a site that does not preview has none of this. A fault is shown in the page in place of the page, with its file
and line, until it is mended; the page then loads itself again.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static

from ridgeway.errors import RidgewayError
from ridgeway.services.assessments.deployment import list_package_paths, read_own_settings
from ridgeway.services.assessments.operating.folders import load_folders
from ridgeway.services.assessments.operating.shelf import put_from_disk

STATE_PATH = "/preview-state"
SCRIPT = "assessments/preview.js"
MAX_FILES = 2_000
"""Most files that are looked at for changes."""
END_OF_PAGE = b"</body>"


@dataclass(slots=True)
class Watched:
    """What the packages looked like when they were last read, and what was wrong with them."""

    mark: str = ""
    faults: tuple[str, ...] = ()
    number: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self) -> None:
        """The packages are served as they are now, or their faults are known."""
        with self.lock:
            mark = mark_files(list_package_paths())
            if mark == self.mark:
                return
            self.mark, self.number = mark, self.number + 1
            try:
                put_from_disk(load_folders(list_package_paths()))
            except RidgewayError as error:
                self.faults = tuple(error.detail.splitlines())
            else:
                self.faults = ()


def mark_files(paths: tuple[Path, ...]) -> str:
    """What changes when a file of the packages does."""
    seen = []
    for file in list_files(paths):
        try:
            known = file.stat()
        except OSError:
            continue
        seen.append(f"{file}:{known.st_mtime_ns}:{known.st_size}")
        if len(seen) >= MAX_FILES:
            break
    return "\n".join(sorted(seen))


def list_files(paths: tuple[Path, ...]) -> Iterator[Path]:
    """The files of the packages."""
    for path in paths:
        yield from (path.rglob("*") if path.is_dir() else (path,))


WATCHED = Watched()
"""Of this process."""


class Reloading:
    """The middleware of a preview; no other site has it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not (read_own_settings().reloads and list_package_paths()):
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of the packages as they are now, with the script that notices when they change."""
        if request.path_info.startswith("/static/"):
            return self.get_response(request)
        WATCHED.refresh()
        if request.path_info == STATE_PATH:
            return JsonResponse({"number": WATCHED.number}, headers={"Cache-Control": "no-store"})
        if WATCHED.faults:
            answer: HttpResponseBase = render(
                request, "assessments/faults.html", {"faults": WATCHED.faults}, status=422
            )
        else:
            answer = self.get_response(request)
        answer.headers["Cache-Control"] = "no-store"
        if isinstance(answer, HttpResponse) and END_OF_PAGE in answer.content:
            script = f'<script src="{static(SCRIPT)}" data-number="{WATCHED.number}" type="module"></script>'
            answer.content = answer.content.replace(END_OF_PAGE, script.encode() + END_OF_PAGE)
        return answer
