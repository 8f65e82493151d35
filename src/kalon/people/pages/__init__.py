"""Pages of people: staff and roles, places, tokens, the log, and the hooks of signing in."""
