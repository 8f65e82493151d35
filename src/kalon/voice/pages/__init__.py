"""Pages of recorded consultations."""
