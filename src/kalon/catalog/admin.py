"""Reference data of the catalogue in Django's admin: kinds of visit. Prices and taxes have pages with a history."""

from django.contrib import admin
from django.http import HttpRequest

from kalon.catalog.models import AppointmentType
from kalon.web.reference import ReferenceAdmin


@admin.register(AppointmentType)
class AppointmentTypeAdmin(ReferenceAdmin):
    permission = "catalog.manage"
    list_display = ("name", "code", "default_minutes", "requires_doctor", "allow_self_booking", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        return ("code",) if obj else ()
