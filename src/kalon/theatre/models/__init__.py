from kalon.theatre.models.clearances import Clearance, Policy, Requirement, Statement, Waiver

__all__ = ["Clearance", "Policy", "Requirement", "Statement", "Waiver"]
