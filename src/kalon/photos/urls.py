from django.urls import path

from kalon.photos import pages

app_name = "photos"

urlpatterns = [
    path("patients/<uuid:patient_id>/photos/take", pages.capture, name="capture"),
    path("photos/<uuid:pk>", pages.photo, name="photo"),
    path("photos/<uuid:pk>/picture", pages.picture, name="picture"),
    path("photos/<uuid:pk>/small", pages.small, name="small"),
    path("photos/<uuid:pk>/original", pages.original, name="original"),
    path("photos/<uuid:pk>/remove", pages.remove, name="remove"),
    path("photos/<uuid:pk>/compare/<uuid:other_id>", pages.compare, name="compare"),
    path("photo-pairs/<uuid:pk>", pages.pair, name="pair"),
    path("photo-pairs/<uuid:pk>/points", pages.points, name="points"),
    path("photo-pairs/<uuid:pk>/share", pages.share, name="share"),
    path("photo-pairs/<uuid:pk>/unshare", pages.unshare, name="unshare"),
    path("photos/<uuid:pk>/draw", pages.draw, name="draw"),
    path("photos/<uuid:pk>/correct", pages.correct, name="correct"),
    path("photos/<uuid:pk>/copy", pages.export_photo, name="export_photo"),
    path("photo-pairs/<uuid:pk>/copy", pages.export_pair, name="export_pair"),
    path("photo-annotations/<uuid:pk>/hide", pages.hide, name="hide"),
    path("photo-annotations/<uuid:pk>/show", pages.show, name="show"),
    path("patients/<uuid:patient_id>/photos/copies", pages.copies, name="copies"),
    path("photo-copies/<uuid:pk>/file", pages.export_file, name="export_file"),
    path("photo-copies/<uuid:pk>/withdraw", pages.withdraw_export, name="withdraw_export"),
]
