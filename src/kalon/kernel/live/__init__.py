"""Live screens: the database says that something changed, and every open screen that may know of it asks again.

A table announces by declaring `Announces(...)`: on commit, PostgreSQL's NOTIFY carries the organisation, the place,
the topic and the day, and nothing else: never an id or a name of a person. A separate process listens on one
connection and passes it on; a screen proves what it may hear by a signed ticket (`Ticket`). Somebody's session
that ends is announced too, so that their streams end with it.

    live.topic("visits", permission="scheduling.view")     # who may hear of a topic, said once by its context
    live.ticket_for(actor, session_key=…, origin=…)         # into the page
"""

from kalon.kernel.live.announcing import CHANNEL, SESSIONS_SQL, SESSIONS_SQL_BACK, Announces, end_streams
from kalon.kernel.live.hub import Hub, Listener, News, Stream
from kalon.kernel.live.tickets import Ticket, TicketRefused, for_screen, mark_of, read, ticket_for, topic, topics_of

__all__ = [
    "CHANNEL",
    "SESSIONS_SQL",
    "SESSIONS_SQL_BACK",
    "Announces",
    "Hub",
    "Listener",
    "News",
    "Stream",
    "Ticket",
    "TicketRefused",
    "end_streams",
    "for_screen",
    "mark_of",
    "read",
    "ticket_for",
    "topic",
    "topics_of",
]
