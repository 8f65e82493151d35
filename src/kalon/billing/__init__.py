"""Billing: what a visit costs, and what was paid for it.

Owns bills with their lines and tax, payments, how payments are allocated to lines, refunds, credit notes, the
payment gateways, and the papers made of them (receipt, tax invoice, bill of supply). Prices and tax rates
are the catalogue's; whether a visit may go ahead is scheduling's, which billing tells when a bill is paid.
"""
