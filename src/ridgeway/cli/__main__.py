"""`python -m ridgeway.cli`, the same as `ridgeway`."""

from ridgeway.cli.main import main

main()
