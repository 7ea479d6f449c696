"""Work for later: `@task()` on a function, `function.enqueue(…)` in the transaction that wants it done.

Law: a task is a row of the caller's transaction: it is there when that commits, and only then. It may run more than
once, if a worker is killed in the middle: write it so that this does no harm. Arguments are what JSON holds, and names
of things rather than their content. Next: `tasks.py`.
"""

from django_tasks import task

__all__ = ["task"]
