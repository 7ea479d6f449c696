"""What our own code may raise when it is wrong, or when the world does what nobody wrote down.

Law: a door answers these with `internal_error`, and whoever waits for a signature learns of them; nobody is left
waiting. Cancellation and the end of the process are not among them.
"""

from lxml.etree import LxmlError

UNFORESEEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    LxmlError,
    MemoryError,
    NameError,
    OSError,
    RuntimeError,
    StopAsyncIteration,
    TypeError,
    ValueError,
)
