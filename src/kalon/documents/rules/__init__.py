"""Pure rules of files: what is said about them, and what their content turns out to be."""

from kalon.documents.rules.content import MOST_BYTES, Content, examined, too_large
from kalon.documents.rules.details import DocumentDetails

__all__ = ["MOST_BYTES", "Content", "DocumentDetails", "examined", "too_large"]
