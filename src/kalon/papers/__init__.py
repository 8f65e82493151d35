"""Papers: what the clinic signs and hands out, and how a stranger sees that it is genuine.

Owns the certificates with which staff and the clinic sign (PAdES), the signed file as it left the clinic, kept
encrypted and byte for byte, and the page behind the code that is printed on it. It leaves what a paper says to the
contexts that write it.
"""
