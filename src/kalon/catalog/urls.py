"""Where the catalogue's pages stand."""

from django.urls import path

from kalon.catalog import pages

app_name = "catalog"

urlpatterns = [
    path("catalog/services", pages.services, name="services"),
    path("catalog/services/new", pages.new_service, name="new_service"),
    path("catalog/services/<uuid:pk>", pages.service, name="service"),
    path("catalog/packages", pages.packages, name="packages"),
    path("catalog/packages/new", pages.new_package, name="new_package"),
    path("catalog/packages/<uuid:pk>", pages.package, name="package"),
    path("catalog/appointment-types", pages.appointment_types, name="appointment_types"),
    path("catalog/appointment-types/new", pages.new_appointment_type, name="new_appointment_type"),
    path("catalog/appointment-types/<uuid:pk>", pages.appointment_type, name="appointment_type"),
    path("catalog/tax-rates", pages.tax_rates, name="tax_rates"),
]
