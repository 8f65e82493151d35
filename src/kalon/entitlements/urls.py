from django.urls import path

from kalon.entitlements.pages import own, packages, vouchers

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
    path("vouchers", vouchers.vouchers, name="vouchers"),
    path("vouchers/for/<uuid:patient_id>", vouchers.sell_voucher, name="sell_voucher"),
    path("vouchers/for/<uuid:patient_id>/redeem", vouchers.redeem_voucher, name="redeem_voucher"),
    path("vouchers/<uuid:pk>", vouchers.voucher, name="voucher"),
    path("vouchers/<uuid:pk>/paper", vouchers.voucher_paper, name="voucher_paper"),
    path("vouchers/<uuid:pk>/extend", vouchers.extend_voucher, name="extend_voucher"),
    path("vouchers/<uuid:pk>/refund", vouchers.refund_voucher, name="refund_voucher"),
    path("settings/package-terms", packages.terms, name="terms"),
    path("my/packages", own.mine, name="mine"),
    path("my/vouchers/<uuid:pk>/paper", own.voucher_paper, name="my_voucher_paper"),
]
