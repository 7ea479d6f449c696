"""The conversation itself, consumer and provider: commands out, answers in.

Read `consumer.py` and `provider.py`; `commands.py` says what they ask for, `values.py` what they work on.
"""
