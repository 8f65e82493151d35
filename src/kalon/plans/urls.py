from django.urls import path

from kalon.plans.pages import dates, due, lists, plan, preferences, satisfaction, session, today, writing

app_name = "plans"

urlpatterns = [
    path("plans", due.due, name="due"),
    path("plans/line", writing.line, name="line"),
    path("plans/<uuid:pk>", plan.plan, name="plan"),
    path("plans/<uuid:pk>/change", writing.change, name="change"),
    path("plans/<uuid:pk>/instructions.pdf", plan.instructions, name="instructions"),
    path("plans/<uuid:pk>/submit", plan.submit, name="submit"),
    path("plans/<uuid:pk>/approve", plan.approve, name="approve"),
    path("plans/<uuid:pk>/begin", plan.begin, name="begin"),
    path("plans/<uuid:pk>/finish", plan.finish, name="finish"),
    path("plans/<uuid:pk>/hold", plan.hold, name="hold"),
    path("plans/<uuid:pk>/resume", plan.resume, name="resume"),
    path("plans/<uuid:pk>/cancel", plan.cancel, name="cancel"),
    path("plans/<uuid:pk>/list", lists.one, name="list"),
    path("plans/<uuid:pk>/list/<uuid:entry_id>", lists.tick, name="tick"),
    path("plans/<uuid:pk>/dates", dates.dates, name="dates"),
    path("sessions", today.today, name="sessions"),
    path("sessions/<uuid:pk>", session.session, name="session"),
    path("sessions/<uuid:pk>/start", session.start, name="start_session"),
    path("sessions/<uuid:pk>/list/<uuid:entry_id>", session.tick, name="session_tick"),
    path("sessions/<uuid:pk>/undo-start", session.undo_start, name="undo_start"),
    path("sessions/<uuid:pk>/record", session.record, name="record"),
    path("sessions/<uuid:pk>/complication", session.complication, name="complication"),
    path("sessions/<uuid:pk>/addendum", session.addendum, name="addendum"),
    path("sessions/<uuid:pk>/cancel", session.cancel_session, name="cancel_session"),
    path("sessions/<uuid:pk>/allow-early", session.allow_early, name="allow_early"),
    path("consultations/<uuid:pk>/plan", writing.write, name="write"),
    path("consultations/<uuid:pk>/follow-ups", due.plan_follow_ups, name="follow_ups"),
    path("follow-ups/<uuid:pk>/withdraw", due.withdraw, name="withdraw"),
    path("plans/satisfaction", satisfaction.answers, name="satisfactions"),
    path("plans/satisfaction/<uuid:pk>", satisfaction.answer, name="satisfaction"),
    path("my/plans/<uuid:pk>/satisfaction", satisfaction.mine, name="my_satisfaction"),
    path("patients/<uuid:pk>/procedures/wishes", preferences.of_patient, name="preferences"),
    path("my/procedures", preferences.mine, name="my_preferences"),
    path("settings/chasing", due.chasing, name="chasing"),
]
