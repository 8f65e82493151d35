from kalon.theatre.models.blocks import Block, BlockRelease
from kalon.theatre.models.cases import Case, CaseLine, OperationNote, Reservation
from kalon.theatre.models.checklists import Answer, CheckItem, Count, Stage, StageSignature, What
from kalon.theatre.models.clearances import Clearance, Policy, Requirement, Statement, Waiver
from kalon.theatre.models.discharges import Discharge
from kalon.theatre.models.preferences import PreferenceCard
from kalon.theatre.models.preparing import Preparation, StoppedMedicine
from kalon.theatre.models.returns import ReturnConsent
from kalon.theatre.models.without import NoImplant

__all__ = [
    "Answer",
    "Block",
    "BlockRelease",
    "Case",
    "CaseLine",
    "CheckItem",
    "Clearance",
    "Count",
    "Discharge",
    "NoImplant",
    "OperationNote",
    "Policy",
    "PreferenceCard",
    "Preparation",
    "Requirement",
    "Reservation",
    "ReturnConsent",
    "Stage",
    "StageSignature",
    "Statement",
    "StoppedMedicine",
    "Waiver",
    "What",
]
