from django.urls import path

from kalon.portal.pages import arrivals, booking, documents, home, money, plans, records, self_service, visits, waiting

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("book", booking.book, name="book"),
    path("arrive", arrivals.arrive, name="arrive"),
    path("book/hold", booking.keep_time, name="hold"),
    path("book/let-go", booking.let_go, name="let_go"),
    path("wait", waiting.wait, name="wait"),
    path("wait/<uuid:pk>/stop", waiting.stop, name="stop_waiting"),
    path("visits/<uuid:pk>/wait", waiting.wait, name="wait_earlier"),
    path("visits/<uuid:pk>", visits.visit, name="visit"),
    path("visits/<uuid:pk>/cancel", visits.cancel, name="cancel"),
    path("visits/<uuid:pk>/move", booking.move, name="move"),
    path("records", records.records, name="records"),
    path("records/<uuid:pk>", records.record, name="record"),
    path("documents/send", documents.send, name="send"),
    path("documents/<uuid:pk>", documents.document, name="document"),
    path("documents/<uuid:pk>/content", documents.content, name="document_content"),
    path("documents/<uuid:pk>/download", documents.download, name="document_download"),
    path("plans", plans.plans, name="plans"),
    path("plans/<uuid:pk>", plans.plan, name="plan"),
    path("plans/<uuid:pk>/read", plans.acknowledge, name="plan_read"),
    path("bills", money.bills, name="bills"),
    path("bills/<uuid:pk>", money.bill, name="bill"),
    path("bills/<uuid:pk>/pay", money.pay, name="pay"),
    path("receipts/<uuid:pk>.pdf", money.receipt, name="receipt"),
    path("you", home.you, name="you"),
    path("you/reach", self_service.reach, name="reach"),
    path("you/access", self_service.access, name="access"),
    path("you/acting-for", home.act_for, name="act_for"),
]
