"""Reports on the desk: the overview, each report, what is under a figure, commissions, files."""
