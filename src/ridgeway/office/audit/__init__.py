"""Who did what, when and why.

Law: an act and its line are written in one transaction, and a line is never changed. `append.append_entry` writes one;
`who` names the account of a command. Nothing is exported here, so that commands may ask `who` without Django.
"""
