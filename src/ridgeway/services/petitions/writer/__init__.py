"""The one writer of signatures: takes them, confirms them and counts them, many in one transaction.

Law: a signature is counted in the transaction that makes it valid, and in no other; so nothing is counted twice and
nothing is lost, whatever stops when. Importable without Django's models. Next: `store.py`, then `taking.py`,
`confirming.py`, `ledger.py`.
"""
