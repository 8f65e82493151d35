"""The patient's own pages: one card at home, then book, records, bills and you."""
