"""Pages of the store."""
