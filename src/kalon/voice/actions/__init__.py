"""The verbs of this context: the only writers of its tables."""
