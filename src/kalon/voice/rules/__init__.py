"""Rules of what is recorded and said; none of them touches a table."""
