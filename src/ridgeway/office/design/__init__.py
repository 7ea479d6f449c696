"""Page parts that every site shares: layouts, form fields, texts and formats, accessible and translated.

Law: a Django app without tables and without a page of its own. No noun of one service, nothing from third parties, and
nothing that needs a script. What a government changes to look like itself is one file, `static/design/tokens.css`.
Read next: `templates/design/parts.html`, whose first comment lists every part; `environment.py`, what templates know.
"""
