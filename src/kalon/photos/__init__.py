"""Photos: clinical photographs of a patient, in standard views, before and after.

Owns the encrypted picture, its view and stage, the pairs that are compared and how they are lined up, and what left
the clinic for which purpose. Whether a patient agrees is owned by consents, which views a procedure takes by the
catalogue.
"""
