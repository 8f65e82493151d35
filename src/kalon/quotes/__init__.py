"""Quotes: what a plan will cost, offered, read, accepted with a signature, or let go.

Owns quotes, their versions and options, and the deposit that is asked for; and says whether a plan's money is in
order. It leaves what is done to plans and what was paid to billing.
"""
