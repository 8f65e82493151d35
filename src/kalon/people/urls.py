"""Addresses of people: the desk's staff pages under /staff/, the owner's under /settings/."""

from django.urls import path
from django.views.generic import RedirectView

from kalon.people.pages import log, places, roles, staff, tokens

app_name = "people"

urlpatterns = [
    path("staff/works-at", places.work_at, name="works-at"),
    path("staff/", staff.staff_list, name="staff"),
    path("staff/add", staff.add_staff, name="add-staff"),
    path("staff/<uuid:pk>", staff.staff_member, name="staff-member"),
    path("staff/<uuid:pk>/roles", staff.give_role, name="give-role"),
    path("staff/<uuid:pk>/roles/<uuid:assignment>/end", staff.end_role, name="end-role"),
    path("staff/<uuid:pk>/let-go", staff.let_go, name="let-go"),
    path("staff/<uuid:pk>/take-back", staff.take_back, name="take-back"),
    path("settings/roles", roles.role_list, name="roles"),
    path("settings/roles/add", roles.add_role, name="add-role"),
    path("settings/roles/<uuid:pk>", roles.role, name="role"),
    path("settings/branches", places.branch_list, name="branches"),
    path("settings/branches/add", places.add_branch, name="add-branch"),
    path("settings/branches/<uuid:pk>", places.branch, name="branch"),
    path("settings/branches/<uuid:branch_id>/rooms/add", places.add_room, name="add-room"),
    path("settings/rooms/<uuid:pk>", places.room, name="room"),
    path("settings/branches/<uuid:branch_id>/equipment/add", places.add_equipment, name="add-equipment"),
    path("settings/equipment", places.equipment_list, name="equipment"),
    path("settings/equipment/<uuid:pk>", places.device, name="device"),
    path("settings/tokens", tokens.token_list, name="tokens"),
    path("settings/tokens/<uuid:pk>/revoke", tokens.revoke, name="revoke-token"),
    path("settings/audit", log.log, name="log"),
    path("settings/sessions", RedirectView.as_view(pattern_name="usersessions_list"), name="sessions"),
    # An account comes from registration or from the owner, never from the sign-in library's own form; and what
    # an account signs in with is changed by the clinic, where it was confirmed.
    path("accounts/signup/", RedirectView.as_view(url="/register"), name="closed-sign-up"),
    path("accounts/email/", RedirectView.as_view(pattern_name="mfa_index"), name="closed-emails"),
]
