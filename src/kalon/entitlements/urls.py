from django.urls import path

from kalon.entitlements.pages import own, packages

app_name = "entitlements"

urlpatterns = [
    path("packages/expiring", packages.expiring, name="expiring"),
    path("packages/for/<uuid:patient_id>", packages.sell, name="sell"),
    path("packages/<uuid:pk>", packages.holding, name="holding"),
    path("packages/<uuid:pk>/items/<uuid:item_id>/use", packages.use, name="use"),
    path("packages/<uuid:pk>/uses/<uuid:use_id>/take-back", packages.take_back, name="take_back"),
    path("packages/<uuid:pk>/refund", packages.refund, name="refund"),
    path("packages/<uuid:pk>/extend", packages.extend, name="extend"),
    path("packages/<uuid:pk>/transfer", packages.transfer, name="transfer"),
    path("settings/package-terms", packages.terms, name="terms"),
    path("my/packages", own.mine, name="mine"),
]
