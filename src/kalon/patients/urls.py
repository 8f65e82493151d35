from django.urls import path

from kalon.patients import pages

app_name = "patients"

urlpatterns = [
    path("patients/", pages.listing, name="list"),
    path("patients/new", pages.register, name="new"),
    path("patients/<uuid:pk>", pages.page, name="page"),
    path("patients/<uuid:pk>/allergies/ask", pages.allergies, name="allergies"),
    path("patients/<uuid:pk>/details/correct", pages.correct, name="correct"),
    path("patients/<uuid:pk>/details/insurance", pages.coverage, name="coverage"),
    path("patients/<uuid:pk>/history/add", pages.history.add, name="history"),
    path("patients/<uuid:pk>/history/<uuid:item_id>", pages.history.change, name="history_change"),
    path("patients/<uuid:pk>/history/<uuid:item_id>/verify", pages.history.verify, name="history_verify"),
    path("patients/<uuid:pk>/history/<uuid:item_id>/end", pages.history.end, name="history_end"),
    path("patients/<uuid:pk>/allergies/<uuid:allergy_id>", pages.history.change_allergy, name="allergy"),
    path("patients/<uuid:pk>/allergies/<uuid:allergy_id>/verify", pages.history.verify_allergy, name="allergy_verify"),
    path("patients/<uuid:pk>/family/add", pages.contact, name="contact"),
    path("patients/<uuid:pk>/compare", pages.compare, name="compare"),
    path("patients/<uuid:pk>/join/<uuid:other_id>", pages.join, name="join"),
    path("patients/<uuid:pk>/joined/<uuid:merge_id>/undo", pages.undo, name="undo"),
    path("patients/<uuid:pk>/different-person", pages.settle, name="settle"),
    path("patients/<uuid:pk>/<slug:key>", pages.tab, name="tab"),
    path("register", pages.welcome, name="register"),
    path("register/<uuid:pk>", pages.confirm, name="register_confirm"),
    path("register/<uuid:pk>/resend", pages.resend, name="register_resend"),
]
