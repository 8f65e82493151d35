"""Where the pages of prices stand."""

from django.urls import path

from kalon.pricing.pages import approvals, discounts, procedures, schedules

app_name = "pricing"

urlpatterns = [
    path("prices/schedules", schedules.schedules, name="schedules"),
    path("prices/schedules/<uuid:pk>", schedules.schedule, name="schedule"),
    path("prices/schedules/<uuid:pk>/end", schedules.end_schedule, name="end_schedule"),
    path("prices/schedules/<uuid:pk>/import", schedules.import_prices, name="import_prices"),
    path("prices/schedules/<uuid:pk>/items/<uuid:item_id>/end", schedules.end_price, name="end_price"),
    path("prices/procedures/<uuid:pk>", procedures.procedure, name="procedure"),
    path("prices/procedures/<uuid:pk>/<uuid:item_id>/end", procedures.end, name="end_procedure_price"),
    path("prices/discounts", discounts.discounts, name="discounts"),
    path("prices/discounts/new", discounts.new_discount, name="new_discount"),
    path("prices/discounts/<uuid:pk>", discounts.discount, name="discount"),
    path("prices/groups", discounts.groups, name="groups"),
    path("prices/rules", discounts.policy, name="policy"),
    path("prices/limits", discounts.limits, name="limits"),
    path("prices/approvals", approvals.approvals, name="approvals"),
    path("prices/approvals/<uuid:pk>", approvals.decide, name="decide"),
    path("prices/patients/<uuid:patient_id>", discounts.members, name="members"),
    path("prices/patients/<uuid:patient_id>/groups/<uuid:pk>/end", discounts.end_member, name="end_member"),
]
