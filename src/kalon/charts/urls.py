"""Where the pages of charts stand."""

from django.urls import path

from kalon.charts.pages import drawing, sealing

app_name = "charts"

urlpatterns = [
    path("charts/<uuid:pk>", drawing.chart, name="chart"),
    path("charts/<uuid:pk>/points", drawing.add_point, name="add_point"),
    path("charts/<uuid:pk>/points/<uuid:point_id>/change", drawing.change_point, name="change_point"),
    path("charts/<uuid:pk>/points/<uuid:point_id>/dose", drawing.dose, name="dose"),
    path("charts/<uuid:pk>/points/<uuid:point_id>/remove", drawing.remove_point, name="remove_point"),
    path("charts/<uuid:pk>/copy", drawing.copy_forward, name="copy"),
    path("charts/<uuid:pk>/settings", drawing.add_setting, name="add_setting"),
    path("charts/<uuid:pk>/settings/<uuid:setting_id>/remove", drawing.remove_setting, name="remove_setting"),
    path("charts/<uuid:pk>/print", drawing.on_paper, name="print"),
    path("charts/<uuid:pk>/finish", sealing.finish, name="finish"),
    path("charts/<uuid:pk>/discard", sealing.discard, name="discard"),
    path("charts/<uuid:pk>/correct", sealing.correct, name="correct"),
    path("consultations/<uuid:pk>/chart", sealing.start, name="start"),
]
