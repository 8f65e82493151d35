"""Tables of what is offered: services, packages, what they need, appointment types, policies, tax rates."""

from kalon.catalog.models.kinds import AppointmentType
from kalon.catalog.models.offers import Need, Offer, Package, PackageItem, Service
from kalon.catalog.models.policies import CancellationPolicy
from kalon.catalog.models.taxes import TaxRate, TaxScheme, Valid

__all__ = [
    "AppointmentType",
    "CancellationPolicy",
    "Need",
    "Offer",
    "Package",
    "PackageItem",
    "Service",
    "TaxRate",
    "TaxScheme",
    "Valid",
]
