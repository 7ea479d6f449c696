"""A few thousand invented petitions, for trying the service: in every state, with answers, debates and an archive.

Law: made from parts by a fixed seed, so that two loads of one day are alike; no real person is in it. Counts are those
of the rows. Loaded only where there is no petition yet, in one transaction. Next: `loading.py`.
"""
