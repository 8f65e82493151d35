"""The kernel: what every room of the clinic stands on, and no clinic words.

Owns who acts (actors), how a use case says no (errors, constraints), what may follow what
(lifecycle), what happened (events, audit), whose rows they are (tenancy, rows), and the small exact
things: ids, money, clock, crypto, outbox. It knows nothing of patients or appointments.
"""
