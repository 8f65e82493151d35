"""Scheduling: who is where, when, and for how long.

Owns weekly schedules, time off, appointments with their whole lifecycle, and the allocations that keep a
doctor or a room from being in two places at once. What is said in the visit is the consultation's; what it
costs is billing's, which tells scheduling when a visit is paid; who the people and rooms are is people's.
"""
