from django.urls import path

from kalon.documents import pages

app_name = "documents"

urlpatterns = [
    path("documents/", pages.waiting, name="waiting"),
    path("documents/<uuid:pk>", pages.document, name="document"),
    path("documents/<uuid:pk>/content", pages.content, name="content"),
    path("documents/<uuid:pk>/download", pages.download, name="download"),
    path("documents/<uuid:pk>/verify", pages.verify, name="verify"),
    path("documents/<uuid:pk>/remove", pages.remove, name="remove"),
    path("patients/<uuid:patient_id>/documents/add", pages.add, name="add"),
]
