"""Purchasing: what is bought for the store, from the order to the payment.

Owns suppliers, what is ordered of them, what came, their invoices with tax, and what was paid. Stock itself is the
inventory's: a delivery goes through its verbs, and the receipt names the movement. What patients pay is billing's.
"""
