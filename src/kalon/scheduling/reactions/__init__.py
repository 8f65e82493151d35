"""What a visit sets off beside itself: the patient is told, and what they answer is done."""

from kalon.scheduling.reactions import outside, replies, visits, waiting


def listen() -> None:
    """Hear what scheduling itself announces, and what patients answer."""
    visits.listen()
    replies.listen()
    waiting.listen()
    outside.listen()
