"""Documents: files that belong to a patient: reports, images, outside prescriptions, referrals.

Owns the encrypted file, its kind, where it came from and who verified it. It leaves what a result says to
orders and signed papers to the contexts that sign them.
"""
