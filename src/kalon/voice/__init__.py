"""Voice: what is said in a consultation, recorded with consent, written down in the house, and kept for its time.

Owns the session with its states, the sound as it arrives, the words that were recognised, and how long each is kept.
Whether a patient agrees is owned by consents; the note that comes of it by consultations.
"""
