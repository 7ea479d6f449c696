"""The public pages: from the list of assessments to a result, in any language of a package.

Law: an address holds a package, a language and a number, never an answer, a page's id or a result's. What holds answers
is kept by nobody. All works without a script and without a cookie.
Next: `steps.py`, which a person goes through; `visiting.py`, what they bring along; `drawing.py`, how a page is made.
"""
