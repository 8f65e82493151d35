"""Billing's pages: the desk's (bills, checkout, the day's payments) and the embedded gateway's own."""
