"""The rights that this context asks for; a document has no states but verified or not, and removed."""

VIEW, UPLOAD, VERIFY, REMOVE = "documents.view", "documents.upload", "documents.verify", "documents.remove"
