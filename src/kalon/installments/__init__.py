"""Installments: a price paid in parts, on agreed days.

Owns payment plans and their installments. It leaves what was promised to quotes and the money to billing.
"""
