"""Consents: what a patient agreed to, in which words, and whether that still holds.

Owns templates with their versions, the frozen text that was presented, signatures, the seal and the withdrawal.
"""
