"""Where the catalogue's pages stand."""

from django.urls import path

from kalon.catalog.pages import checklists, importing, instructions, lists, parts, taxes

app_name = "catalog"

urlpatterns = [
    path("catalog/services", lists.services, name="services"),
    path("catalog/services/new", parts.new(parts.SERVICES), name="new_service"),
    path("catalog/services/<uuid:pk>", parts.one(parts.SERVICES), name="service"),
    path("catalog/procedures", lists.procedures, name="procedures"),
    path("catalog/procedures/new", parts.new(parts.PROCEDURES), name="new_procedure"),
    path("catalog/procedures/import", importing.importing, name="import"),
    path("catalog/procedures/<uuid:pk>", parts.one(parts.PROCEDURES), name="procedure"),
    path("catalog/procedures/<uuid:pk>/instructions", instructions.instructions, name="instructions"),
    path("catalog/procedures/<uuid:pk>/checklist", checklists.checklist, name="checklist"),
    path("catalog/packages", lists.packages, name="packages"),
    path("catalog/packages/new", parts.new(parts.PACKAGES), name="new_package"),
    path("catalog/packages/<uuid:pk>", parts.one(parts.PACKAGES), name="package"),
    path("catalog/appointment-types", lists.appointment_types, name="appointment_types"),
    path("catalog/appointment-types/new", parts.new(parts.TYPES), name="new_appointment_type"),
    path("catalog/appointment-types/<uuid:pk>", parts.one(parts.TYPES), name="appointment_type"),
    path("catalog/cancellation-policies", lists.policies, name="policies"),
    path("catalog/cancellation-policies/new", parts.new(parts.POLICIES), name="new_policy"),
    path("catalog/cancellation-policies/<uuid:pk>", parts.one(parts.POLICIES), name="policy"),
    path("catalog/tax-rates", lists.tax_rates, name="tax_rates"),
    path("catalog/tax-rates/<uuid:pk>", taxes.rate, name="tax_rate"),
    path("catalog/tax-schemes", taxes.schemes, name="tax_schemes"),
    path("catalog/tax-schemes/new", taxes.new_scheme, name="new_tax_scheme"),
    path("catalog/tax-schemes/preview", taxes.preview, name="tax_preview"),
    path("catalog/tax-schemes/<uuid:pk>", taxes.scheme, name="tax_scheme"),
]
