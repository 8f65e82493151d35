"""People: the organisation, its branches and rooms, who works there, and what each person may do.

Owns accounts, sign-in, roles and their permissions, and bearer tokens. It leaves who is a patient, and which
patients an account may act for, to `patients`; it leaves carrying a sign-in code to its reader to `messaging`.
"""
