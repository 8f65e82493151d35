"""Theatre: from an approved surgery to the end of the operation, each step proved by a row.

Owns clearance, the reservation of a theatre, the surgical case with its safety checklist, and the operation note. It
leaves consents, money, laboratory, stock and the plan itself to the contexts below, and asks them for evidence.
"""
