"""Codes: the classifications by which the field names diseases, as every clinic of an installation reads them.

Owns ICD-10 of the WHO and ICD-10-CM, loaded from the packages that carry them, and the search as somebody types. It
leaves to the contexts above what a code is said about: a diagnosis, a condition, a claim.
"""
