"""Pages of the theatre."""
