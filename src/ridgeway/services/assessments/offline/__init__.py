"""The assessment without a server: files of the private mode, and one file that holds everything.

Law: pure; a compiled document in, files out. Read next: `files.py`, `bundle.py`, then `static/assessments/app.js`.
"""

from ridgeway.services.assessments.offline.bundle import make_bundle
from ridgeway.services.assessments.offline.files import File, make_files
from ridgeway.services.assessments.offline.modules import join_modules
from ridgeway.services.assessments.offline.styles import render_theme

__all__ = ["File", "join_modules", "make_bundle", "make_files", "render_theme"]
