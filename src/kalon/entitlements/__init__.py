"""Entitlements: what was bought and is used later.

Owns sold packages and their sessions, memberships, gift vouchers and bundles. It leaves the money to billing.
"""
