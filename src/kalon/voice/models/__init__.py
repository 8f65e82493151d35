"""Tables of recorded consultations."""
