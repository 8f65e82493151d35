"""Plans: what was decided to do about a patient, and what the clinic has to do next.

Owns the procedure plan with its lines, the follow-up plan, and the desk's work list. It leaves money, consent,
clearance and the case to the contexts above, which register their checks on its moves.
"""
