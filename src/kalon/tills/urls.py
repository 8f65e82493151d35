"""The till's addresses: checkouts, cash drawers, closed days."""

from django.urls import path

from kalon.tills.pages import checkout, days, drawers, same_day

app_name = "tills"

urlpatterns = [
    path("checkout/visit/<uuid:appointment_id>", checkout.of_visit, name="visit"),
    path("checkout/<uuid:pk>", checkout.checkout, name="checkout"),
    path("checkout/<uuid:pk>/take", checkout.take, name="take"),
    path("checkout/<uuid:pk>/link", checkout.send_link, name="link"),
    path("checkout/<uuid:pk>/package", checkout.sell, name="sell"),
    path("checkout/<uuid:pk>/lines/<uuid:line_id>/charge", checkout.charge, name="charge"),
    path("checkout/<uuid:pk>/lines/<uuid:line_id>/cover", checkout.cover, name="cover"),
    path("checkout/paid/<uuid:pk>/send", checkout.send_receipt, name="send_receipt"),
    path("checkout/paid/<uuid:pk>/receipt.pdf", checkout.receipt, name="receipt"),
    path("same-day/<uuid:appointment_id>", same_day.same_day, name="same_day"),
    path("same-day/<uuid:appointment_id>/plan", same_day.plan, name="same_day_plan"),
    path("same-day/<uuid:appointment_id>/approve", same_day.approve, name="same_day_approve"),
    path("same-day/<uuid:appointment_id>/quote", same_day.quote, name="same_day_quote"),
    path("same-day/<uuid:appointment_id>/consent", same_day.consent, name="same_day_consent"),
    path("same-day/<uuid:appointment_id>/sign", same_day.sign, name="same_day_sign"),
    path("same-day/<uuid:appointment_id>/deposit", same_day.deposit, name="same_day_deposit"),
    path("same-day/<uuid:appointment_id>/book", same_day.book, name="same_day_book"),
    path("same-day/<uuid:appointment_id>/bill", same_day.bill, name="same_day_bill"),
    path("same-day/<uuid:appointment_id>/pay", same_day.pay, name="same_day_pay"),
    path("same-day/<uuid:appointment_id>/arrive", same_day.arrive, name="same_day_arrive"),
    path("tills", drawers.desk, name="desk"),
    path("tills/drawers", drawers.add, name="add_drawer"),
    path("tills/policy", drawers.policy, name="policy"),
    path("tills/drawers/<uuid:pk>/open", drawers.open_one, name="open"),
    path("tills/sessions/<uuid:pk>", drawers.session, name="session"),
    path("tills/sessions/<uuid:pk>/move", drawers.move, name="move"),
    path("tills/sessions/<uuid:pk>/count", drawers.count, name="count"),
    path("tills/sessions/<uuid:pk>/explain", drawers.explain, name="explain"),
    path("tills/sessions/<uuid:pk>/again", drawers.again, name="count_again"),
    path("tills/sessions/<uuid:pk>/close", drawers.close, name="close_drawer"),
    path("tills/day", days.day, name="day"),
    path("tills/day/close", days.close, name="close_day"),
    path("tills/closes/<uuid:pk>/reopen", days.reopen, name="reopen_day"),
    path("tills/closes/<uuid:pk>/report.pdf", days.report, name="report"),
]
