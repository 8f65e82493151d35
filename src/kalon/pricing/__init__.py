"""Pricing: what a thing costs whom, where and when.

Owns fee schedules, discounts and the order in which they apply, campaigns and loyalty points. It leaves what is
offered to the catalogue and what was charged to billing.
"""
