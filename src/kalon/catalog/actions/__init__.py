"""The verbs of the catalogue: the only writers of what is offered and what it costs."""

from kalon.catalog.actions.checklists import ToDo, write_checklist
from kalon.catalog.actions.defaults import install_defaults
from kalon.catalog.actions.importing import Import, check_codes, check_procedures, import_codes, import_procedures
from kalon.catalog.actions.instructions import write_instructions
from kalon.catalog.actions.offers import (
    add_appointment_type,
    add_package,
    add_service,
    change_appointment_type,
    change_package,
    change_price,
    change_service,
)
from kalon.catalog.actions.policies import add_cancellation_policy, change_cancellation_policy
from kalon.catalog.actions.procedures import add_procedure, change_procedure, retire_procedure
from kalon.catalog.actions.schemes import add_tax_scheme, end_tax_scheme
from kalon.catalog.actions.taxes import add_tax_rate, end_tax_rate

__all__ = [
    "Import",
    "ToDo",
    "add_appointment_type",
    "add_cancellation_policy",
    "add_package",
    "add_procedure",
    "add_service",
    "add_tax_rate",
    "add_tax_scheme",
    "change_appointment_type",
    "change_cancellation_policy",
    "change_package",
    "change_price",
    "change_procedure",
    "change_service",
    "check_codes",
    "check_procedures",
    "end_tax_rate",
    "end_tax_scheme",
    "import_codes",
    "import_procedures",
    "install_defaults",
    "retire_procedure",
    "write_checklist",
    "write_instructions",
]
