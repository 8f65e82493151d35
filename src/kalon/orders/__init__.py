"""Orders: laboratory and imaging work asked for, what came back, and who looked at it.

Owns the order's lifecycle, results with their ranges and flags, and the review. It leaves files to documents and
the decision that follows from a result to the consultation.
"""
