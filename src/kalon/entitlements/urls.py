from django.urls import path

from kalon.entitlements.pages import memberships, own, packages, vouchers

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
    path("vouchers/<uuid:pk>/card.pdf", vouchers.voucher_paper, name="voucher_paper"),
    path("vouchers/<uuid:pk>/extend", vouchers.extend_voucher, name="extend_voucher"),
    path("vouchers/<uuid:pk>/refund", vouchers.refund_voucher, name="refund_voucher"),
    path("memberships", memberships.memberships, name="memberships"),
    path("memberships/for/<uuid:patient_id>", memberships.sell_membership, name="sell_membership"),
    path("memberships/<uuid:pk>", memberships.membership, name="membership"),
    path("memberships/<uuid:pk>/renew", memberships.renew_membership, name="renew_membership"),
    path("memberships/<uuid:pk>/end", memberships.end_membership, name="end_membership"),
    path("settings/memberships", memberships.offers, name="offers"),
    path("settings/memberships/<uuid:pk>/end", memberships.end_offer, name="end_offer"),
    path("settings/package-terms", packages.terms, name="terms"),
    path("my/packages", own.mine, name="mine"),
    path("my/vouchers/<uuid:pk>/card.pdf", own.voucher_paper, name="my_voucher_paper"),
]
