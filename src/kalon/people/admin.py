"""Reference data of people in Django's admin: places. Staff and roles have pages of their own."""

from django.contrib import admin
from django.http import HttpRequest

from kalon.people.models import Branch, Equipment, Organization, Room
from kalon.web.reference import ReferenceAdmin


@admin.register(Organization)
class OrganizationAdmin(ReferenceAdmin):
    list_display = ("name", "code", "country", "currency", "timezone")
    readonly_fields = ("code", "slug", "domain", "currency")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Branch)
class BranchAdmin(ReferenceAdmin):
    list_display = ("name", "code", "city", "opens_at", "closes_at", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(Room)
class RoomAdmin(ReferenceAdmin):
    list_display = ("name", "code", "branch", "kind", "capacity", "buffer_minutes", "is_active")
    list_filter = ("kind", "is_active")


@admin.register(Equipment)
class EquipmentAdmin(ReferenceAdmin):
    list_display = ("name", "code", "branch", "kind", "buffer_minutes", "is_active")
    list_filter = ("kind", "is_active")
