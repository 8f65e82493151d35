"""Charts: where on the face and body something was injected, from which batch, and how a laser was set.

Owns charts, their points and device settings. It leaves what is in stock to inventory and the note to consultations.
"""
