"""The service alone: which packages it serves, starting and stopping it."""
