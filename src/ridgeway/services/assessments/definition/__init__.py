"""From the files that an author writes to the one document that both engines run.

Law: a package comes from a stranger. It is data alone, bounded in every size, and all that is wrong with it is told at
once, each with its file and line. Pure but for `files.py`, which alone reads.
Read next: `reading.py` (files → Package), `compiling.py` (Package → compiled document), `shapes.py` (the keys).
"""
