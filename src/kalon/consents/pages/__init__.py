"""Pages of consents: at the desk and on the tablet, the patient's own, and the words in the settings."""
