"""Tills: the desk's money and the checkout.

Owns cash drawers, what was counted in them and the day's close. It leaves bills and payments to billing.
"""
