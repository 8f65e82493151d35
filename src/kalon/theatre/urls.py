"""Where the pages of the theatre stand."""

from django.urls import path

from kalon.theatre.pages import case, using

app_name = "theatre"

urlpatterns = [
    path("cases/<uuid:pk>", case.case, name="case"),
    path("cases/<uuid:pk>/news", case.news, name="case_news"),
    path("cases/<uuid:pk>/start", case.start, name="start_case"),
    path("cases/<uuid:pk>/lines/<uuid:line_id>", case.state, name="case_state"),
    path("cases/<uuid:pk>/stages/<uuid:stage_id>/answer", case.answer, name="answer"),
    path("cases/<uuid:pk>/stages/<uuid:stage_id>/sign", case.sign, name="sign_stage"),
    path("cases/<uuid:pk>/stages/<uuid:stage_id>/complete", case.complete_stage, name="complete_stage"),
    path("cases/<uuid:pk>/time", case.time, name="case_time"),
    path("cases/<uuid:pk>/time/correct", case.correct, name="correct_time"),
    path("cases/<uuid:pk>/count", case.count, name="count"),
    path("cases/<uuid:pk>/complications", case.complications, name="complications"),
    path("cases/<uuid:pk>/scan", using.scan, name="scan"),
    path("cases/<uuid:pk>/used/<uuid:movement_id>/back", using.back, name="give_back"),
    path("cases/<uuid:pk>/implants/<uuid:implant_id>/out", using.take_out, name="take_out"),
    path("cases/<uuid:pk>/nothing-used", case.nothing_used, name="nothing_used"),
    path("cases/<uuid:pk>/complete", case.complete, name="complete_case"),
    path("cases/<uuid:pk>/abort", case.abort, name="abort_case"),
    path("cases/<uuid:pk>/postpone", case.postpone, name="postpone_case"),
    path("cases/<uuid:pk>/cancel", case.cancel, name="cancel_case"),
]
