"""Prescribing: the formulary, the checks that are never silent, the prescription and its dispensing.

Owns medicines as they are prescribed, the safety rules with their sources, prescriptions and what was handed out. It
leaves stock to inventory, money to billing and allergies to patients.
"""
