"""Billing's addresses. The gateway's page and its webhook lie outside /bills: they are another party's."""

from django.urls import path

from kalon.billing.pages import accounts, checkout, desk, discounts, gateways, write_offs

app_name = "billing"

urlpatterns = [
    path("bills", desk.bill_list, name="list"),
    path("bills/day", desk.day, name="day"),
    path("bills/write-offs", write_offs.write_offs, name="write_offs"),
    path("bills/write-offs/<uuid:pk>", write_offs.decide, name="decide_write_off"),
    path("bills/accounts/<uuid:patient_id>", accounts.account, name="account"),
    path("bills/accounts/<uuid:patient_id>/top-up", accounts.top_up, name="top_up"),
    path("bills/accounts/<uuid:patient_id>/transfer", accounts.transfer, name="transfer"),
    path("bills/accounts/<uuid:patient_id>/link", accounts.advance_link, name="advance_link"),
    path("bills/accounts/<uuid:patient_id>/statement", accounts.statement, name="statement"),
    path("bills/accounts/<uuid:patient_id>/statement.pdf", accounts.statement_paper, name="statement_paper"),
    path("bills/accounts/<uuid:patient_id>/statement/send", accounts.send_statement, name="send_statement"),
    path("bills/for/<uuid:patient_id>", desk.new_bill, name="new"),
    path("bills/visit/<uuid:appointment_id>", desk.visit_bill, name="visit"),
    path("bills/visit/<uuid:appointment_id>/fee", desk.visit_fee, name="visit_fee"),
    path("bills/payments/<uuid:pk>", desk.payment, name="payment"),
    path("bills/payments/<uuid:pk>/link/send", desk.pay_link_step, {"step": "send"}, name="send_link"),
    path("bills/payments/<uuid:pk>/link/revoke", desk.pay_link_step, {"step": "revoke"}, name="revoke_link"),
    path("bills/payments/<uuid:pk>/receipt.pdf", desk.receipt, name="receipt"),
    path("bills/payments/<uuid:pk>/refund", desk.refund, name="refund"),
    path("bills/payments/<uuid:pk>/refunds/<uuid:refund_id>", desk.refund_step, name="refund_step"),
    path("bills/<uuid:pk>", desk.bill, name="bill"),
    path("bills/<uuid:pk>/lines", desk.add_line, name="add_line"),
    path("bills/<uuid:pk>/lines/<uuid:line_id>/remove", desk.remove_line, name="remove_line"),
    path("bills/<uuid:pk>/lines/<uuid:line_id>/discount", discounts.line_discount, name="line_discount"),
    path("bills/<uuid:pk>/lines/<uuid:line_id>/discount/ask", discounts.ask_discount, name="ask_discount"),
    path("bills/<uuid:pk>/finalize", desk.finalize, name="finalize"),
    path("bills/<uuid:pk>/payments", desk.take_payment, name="take_payment"),
    path("bills/<uuid:pk>/link", desk.pay_link, name="pay_link"),
    path("bills/<uuid:pk>/void", desk.void, name="void"),
    path("bills/<uuid:pk>/waive", desk.waive, name="waive"),
    path("bills/<uuid:pk>/write-off", write_offs.write_off, name="write_off"),
    path("bills/<uuid:pk>/on-account/<uuid:payment_id>", desk.use_on_account, name="use_on_account"),
    path("bills/<uuid:pk>/invoice.pdf", desk.invoice, name="invoice"),
    path("bills/<uuid:pk>/buyer", desk.set_buyer, name="set_buyer"),
    path("bills/<uuid:pk>/credit-notes/<uuid:note_id>.pdf", desk.credit_note, name="credit_note"),
    path("settings/bills", write_offs.policy, name="policy"),
    path("settings/online-payments", gateways.online_payments, name="online"),
    path("settings/online-payments/choose", gateways.choose, name="gateway_choose"),
    path("settings/online-payments/events", gateways.events, name="gateway_events"),
    path("settings/online-payments/<slug:gateway>/keys", gateways.keys, name="gateway_keys"),
    path("settings/online-payments/<slug:gateway>/try", gateways.try_out, name="gateway_try"),
    path("pay/<str:token>", checkout.checkout, name="pay"),
    path("api/payments/webhooks/<slug:gateway>", checkout.webhook, name="webhook"),
    path("api/payments/webhooks/<slug:gateway>/<uuid:organization_id>", checkout.webhook, name="own_webhook"),
]
