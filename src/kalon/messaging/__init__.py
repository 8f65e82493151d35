"""Messaging: what the clinic tells people, and the proof that it did.

Owns the wording (templates), the messages themselves, their delivery log, and the port through which they
leave (`senders`). Contexts above call `actions.send`; it queues a row and a job in the caller's transaction, so
nothing is told that did not happen, and nothing is told twice.
"""
