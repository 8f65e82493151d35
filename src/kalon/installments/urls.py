"""Addresses of payment plans: the desk's, and a patient's own under /my."""

from django.urls import path

from kalon.installments.pages import desk, making, own

app_name = "installments"

urlpatterns = [
    path("payment-plans", desk.plan_list, name="list"),
    path("payment-plans/terms", making.terms, name="terms"),
    path("payment-plans/new/<uuid:quote_id>", making.new, name="new"),
    path("payment-plans/preview/<uuid:quote_id>", making.preview, name="preview"),
    path("payment-plans/loan/<uuid:quote_id>", making.new_loan, name="new_loan"),
    path("payment-plans/loans/<uuid:pk>", desk.loan, name="loan"),
    path("payment-plans/loans/<uuid:pk>/withdraw", desk.withdraw_loan, name="withdraw_loan"),
    path("payment-plans/<uuid:pk>", desk.plan, name="plan"),
    path("payment-plans/<uuid:pk>/pay", desk.pay, name="pay"),
    path("payment-plans/<uuid:pk>/replan", making.replan, name="replan"),
    path("payment-plans/<uuid:pk>/cancel", desk.cancel, name="cancel"),
    path("payment-plans/<uuid:pk>/default", desk.default, name="default"),
    path("payment-plans/<uuid:pk>/waive/<uuid:installment_id>", desk.waive, name="waive"),
    path("payment-plans/<uuid:pk>/agreement.pdf", desk.agreement, name="agreement"),
    path("my/payments", own.payments, name="my_payments"),
    path("my/payments/<uuid:pk>", own.payment_plan, name="my_plan"),
    path("my/payments/<uuid:pk>/pay", own.pay_online, name="my_pay"),
    path("my/payments/<uuid:pk>/agreement.pdf", own.agreement, name="my_agreement"),
    path("my/payments/quote/<uuid:quote_id>", own.choose, name="choose"),
]
