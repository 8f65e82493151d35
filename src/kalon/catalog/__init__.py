"""Catalog: what the clinic offers and what it costs.

Owns services, packages and what they hold, appointment types, and dated tax rates. It leaves when a
service may be had to `scheduling`, what was charged to `billing`, and what is clinically done to `plans`.
Prices are before tax, in the organisation's one currency.
"""
