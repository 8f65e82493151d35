"""Addresses of the desk's time."""

from django.urls import path

from kalon.scheduling import pages
from kalon.scheduling.pages import calendar, links, schedules

app_name = "scheduling"

urlpatterns = [
    path("v/<str:token>", links.link, name="link"),
    path("day", pages.day, name="day"),
    path("day/names", pages.names, name="names"),
    path("appointments/book", pages.book, name="book"),
    path("appointments/list", pages.visits, name="list"),
    path("appointments/queue", pages.queue, name="queue"),
    path("appointments/arrive", pages.scan, name="scan"),
    path("appointments/<uuid:pk>/call", pages.call, name="call"),
    path("screens", pages.screens, name="screens"),
    path("screens/<uuid:pk>/end", pages.close_screen, name="close_screen"),
    path("door/<str:word>", pages.door, name="door"),
    path("waiting/<str:word>", pages.waiting, name="waiting"),
    path("waiting/<str:word>/ticket", pages.waiting_ticket, name="waiting_ticket"),
    path("appointments/calendar", calendar.calendar, name="calendar"),
    path("appointments/calendar/events", calendar.events, name="calendar_events"),
    path("appointments/calendar/book", calendar.book_here, name="calendar_book"),
    path("appointments/calendar/block", calendar.block, name="calendar_block"),
    path("appointments/calendar/block/<uuid:pk>/open", calendar.open_again, name="calendar_open"),
    path("appointments/calendar/release/<uuid:hold_id>", calendar.release, name="calendar_release"),
    path("appointments/<uuid:pk>/calendar", calendar.pane, name="calendar_visit"),
    path("appointments/<uuid:pk>/calendar/hold", calendar.hold, name="calendar_hold"),
    path("appointments/<uuid:pk>/calendar/move", calendar.save, name="calendar_move"),
    path("appointments/<uuid:pk>", pages.visit, name="visit"),
    path("appointments/<uuid:pk>/moves/<slug:name>", pages.move, name="move"),
    path("appointments/<uuid:pk>/undo/<slug:name>", pages.undo, name="undo"),
    path("appointments/<uuid:pk>/reschedule", pages.reschedule, name="reschedule"),
    path("appointments/waiting-list", pages.waiting_list, name="waiting_list"),
    path("appointments/waiting-list/add", pages.wait, name="wait"),
    path("appointments/waiting-list/<uuid:pk>/withdraw", pages.withdraw, name="withdraw"),
    path("appointments/waiting-list/<uuid:pk>/offer", pages.offer_by_hand, name="offer_by_hand"),
    path("offers/<str:token>", pages.offer, name="offer"),
    path("doctor-schedules/manage", schedules.manage, name="schedules"),
    path("doctor-schedules/week", schedules.edit_week, name="edit_week"),
    path("doctor-schedules/copy", schedules.copy_week, name="copy_week"),
    path("doctor-schedules/month", schedules.month, name="month"),
    path("doctor-schedules/time-off", schedules.block_time, name="block_time"),
    path("doctor-schedules/time-off/<uuid:pk>/end", schedules.open_again, name="open_again"),
    path("doctor-schedules/holidays", schedules.holidays, name="holidays"),
    path("doctor-schedules/holidays/calendar", schedules.follow_calendar, name="follow_calendar"),
    path("doctor-schedules/holidays/again", schedules.propose_again, name="propose_again"),
    path("doctor-schedules/holidays/add", schedules.add_holiday, name="add_holiday"),
    path("doctor-schedules/holidays/<uuid:pk>/staff", schedules.work_on_holiday, name="work_on_holiday"),
    path("doctor-schedules/holidays/<uuid:pk>/remove", schedules.remove_holiday, name="remove_holiday"),
    path("doctor-schedules/leave", schedules.leave, name="leave"),
    path("doctor-schedules/leave/<uuid:pk>", schedules.leave_request, name="leave_request"),
    path("doctor-schedules/leave/<uuid:pk>/withdraw", schedules.withdraw_leave, name="withdraw_leave"),
]
