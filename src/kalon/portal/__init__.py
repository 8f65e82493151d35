"""The portal: the patient's own pages and API, phone first. The patient sees their journey, never the tables.

Owns no data: it shows what the other contexts hold of one patient and makes their verbs reachable. Every read
and write runs as that patient, in the application and in the database.
"""
