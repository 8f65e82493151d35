"""Verbs of papers: draw and sign, withdraw; bring a certificate, end one."""

from kalon.papers.actions.certificates import bring_certificate, end_certificate
from kalon.papers.actions.signing import seal, sign, withdraw

__all__ = ["bring_certificate", "end_certificate", "seal", "sign", "withdraw"]
