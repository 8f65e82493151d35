from django.urls import path

from kalon.portal import pages

app_name = "portal"

urlpatterns = [
    path("", pages.home, name="home"),
    path("book", pages.book, name="book"),
    path("visits/<uuid:pk>", pages.visit, name="visit"),
    path("visits/<uuid:pk>/cancel", pages.cancel, name="cancel"),
    path("visits/<uuid:pk>/move", pages.move, name="move"),
    path("records", pages.records, name="records"),
    path("records/<uuid:pk>", pages.record, name="record"),
    path("bills", pages.bills, name="bills"),
    path("bills/<uuid:pk>", pages.bill, name="bill"),
    path("bills/<uuid:pk>/pay", pages.pay, name="pay"),
    path("receipts/<uuid:pk>.pdf", pages.receipt, name="receipt"),
    path("you", pages.you, name="you"),
    path("you/acting-for", pages.act_for, name="act_for"),
]
