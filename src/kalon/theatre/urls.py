"""Where the pages of the theatre stand."""

from django.urls import path

from kalon.theatre.pages import board, calendar, case, clearance, note, pathway, returns, using

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
    path("cases/<uuid:pk>/note", note.note, name="note"),
    path("cases/<uuid:pk>/nothing-used", case.nothing_used, name="nothing_used"),
    path("cases/<uuid:pk>/complete", case.complete, name="complete_case"),
    path("cases/<uuid:pk>/return", returns.back, name="return_case"),
    path("cases/<uuid:pk>/arrears/consent", returns.consent, name="arrears_consent"),
    path("cases/<uuid:pk>/arrears/clearance", returns.clearance, name="arrears_clearance"),
    path("cases/<uuid:pk>/arrears/settle", returns.settle, name="arrears_settle"),
    path("cases/<uuid:pk>/abort", case.abort, name="abort_case"),
    path("cases/<uuid:pk>/postpone", case.postpone, name="postpone_case"),
    path("cases/<uuid:pk>/cancel", case.cancel, name="cancel_case"),
    path("theatre/board", board.board, name="board"),
    path("theatre/pathway", pathway.pathway, name="pathway"),
    path("theatre/calendar", calendar.calendar, name="calendar"),
    path("theatre/list.pdf", calendar.day_list, name="day_list"),
    path("theatre/plans/<uuid:plan_id>/clearance", clearance.open_clearance, name="open_clearance"),
    path("theatre/plans/<uuid:plan_id>/reserve", calendar.reserve, name="reserve"),
    path("theatre/reservations/<uuid:pk>", calendar.reservation, name="reservation"),
    path("theatre/reservations/<uuid:pk>/move", calendar.move, name="move_reservation"),
    path("theatre/reservations/<uuid:pk>/release", calendar.release, name="release"),
    path("theatre/reservations/<uuid:pk>/schedule", calendar.schedule, name="schedule"),
    path("theatre/clearances/<uuid:pk>", clearance.clearance, name="clearance"),
    path("theatre/clearances/<uuid:pk>/look-again", clearance.look_again, name="look_again"),
    path("theatre/clearances/<uuid:pk>/clear", clearance.clear, name="clear"),
    path("theatre/clearances/<uuid:pk>/refuse", clearance.refuse, name="refuse"),
    path("theatre/clearances/<uuid:pk>/reopen", clearance.reopen, name="reopen"),
    path("theatre/clearances/<uuid:pk>/date", clearance.change_date, name="change_date"),
    path("theatre/clearances/<uuid:pk>/lines/<uuid:line_id>/say", clearance.state, name="state"),
    path("theatre/clearances/<uuid:pk>/lines/<uuid:line_id>/withdraw", clearance.withdraw, name="withdraw"),
    path("theatre/clearances/<uuid:pk>/lines/<uuid:line_id>/waive", clearance.waive, name="waive"),
]
