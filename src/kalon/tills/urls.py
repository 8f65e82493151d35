"""The till's addresses: checkouts, cash drawers, closed days."""

from django.urls import path

from kalon.tills.pages import checkout, days, drawers

app_name = "tills"

urlpatterns = [
    path("checkout/visit/<uuid:appointment_id>", checkout.of_visit, name="visit"),
    path("checkout/<uuid:pk>", checkout.checkout, name="checkout"),
    path("checkout/<uuid:pk>/take", checkout.take, name="take"),
    path("checkout/<uuid:pk>/link", checkout.send_link, name="link"),
    path("checkout/paid/<uuid:pk>/receipt.pdf", checkout.receipt, name="receipt"),
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
