"""Pages of what patients bought."""
