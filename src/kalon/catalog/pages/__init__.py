"""Pages of the catalogue, for whoever looks after prices."""
