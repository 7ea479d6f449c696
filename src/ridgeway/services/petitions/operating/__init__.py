"""What an operator does with the service by commands: run it, fill it, look after it.

Law: every verb may be repeated and interrupted at any moment; progress goes to standard error, results to standard
output. Next: `running.py`, and `commands.py` beside this folder, which gathers them.
"""
