"""What an operator does with the service by commands, and the shelf from which a public process takes assessments.

Law: every verb may be repeated and interrupted; progress goes to standard error, results to standard output.
Next: `shelf.py`, `running.py`, and `commands.py` beside this folder.
"""
