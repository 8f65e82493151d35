from django.urls import path

from kalon.prescribing.pages import building, counter, lists

app_name = "prescribing"

urlpatterns = [
    path("dispensing", counter.waiting, name="waiting"),
    path("dispensing/<uuid:pk>", counter.counter, name="counter"),
    path("dispensing/<uuid:pk>/give", counter.give, name="give"),
    path("dispensing/<uuid:pk>/lines/<uuid:line_id>/back", counter.back, name="back"),
    path("prescriptions", lists.prescriptions, name="list"),
    path("prescriptions/for/<uuid:consultation_id>", building.start, name="start"),
    path("prescriptions/<uuid:pk>", building.page, name="prescription"),
    path("prescriptions/<uuid:pk>.pdf", lists.paper, name="paper"),
    path("prescriptions/<uuid:pk>/find", building.find, name="find"),
    path("prescriptions/<uuid:pk>/items", building.add, name="add"),
    path("prescriptions/<uuid:pk>/items/<uuid:item_id>", building.save, name="save"),
    path("prescriptions/<uuid:pk>/items/<uuid:item_id>/remove", building.remove, name="remove"),
    path("prescriptions/<uuid:pk>/items/<uuid:item_id>/favourite", building.favourite, name="favourite"),
    path("prescriptions/<uuid:pk>/repeat", building.repeat, name="repeat"),
    path("prescriptions/<uuid:pk>/answers", building.answer, name="answer"),
    path("prescriptions/<uuid:pk>/advice", building.advice, name="advice"),
    path("prescriptions/<uuid:pk>/finalize", building.finalize, name="finalize"),
    path("prescriptions/<uuid:pk>/send", building.send, name="send"),
    path("prescriptions/<uuid:pk>/cancel", building.cancel, name="cancel"),
]
