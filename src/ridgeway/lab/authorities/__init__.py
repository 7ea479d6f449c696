"""The authorities of a lab's country: certification with its OCSP responder, and time-stamping.

Law: their keys are worthless and lie open in the lab's folder; they run in lab mode alone.
"""
