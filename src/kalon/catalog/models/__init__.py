"""Tables of what is offered and done: services, procedures, packages, their needs, kinds of visit, policies, taxes."""

from kalon.catalog.models.checklists import Checklist, ChecklistItem
from kalon.catalog.models.instructions import ProcedureInstructions
from kalon.catalog.models.kinds import AppointmentType
from kalon.catalog.models.offers import Need, Offer, Package, PackageItem, Service
from kalon.catalog.models.policies import CancellationPolicy
from kalon.catalog.models.procedures import Procedure, ProcedureCode, ProcedureTeam
from kalon.catalog.models.taxes import TaxRate, TaxScheme, Valid

__all__ = [
    "AppointmentType",
    "CancellationPolicy",
    "Checklist",
    "ChecklistItem",
    "Need",
    "Offer",
    "Package",
    "PackageItem",
    "Procedure",
    "ProcedureCode",
    "ProcedureInstructions",
    "ProcedureTeam",
    "Service",
    "TaxRate",
    "TaxScheme",
    "Valid",
]
