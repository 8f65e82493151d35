"""The rights that this context asks for; a photograph has no states, but kept and removed."""

VIEW, CAPTURE, DOWNLOAD = "photos.view", "photos.capture", "photos.download"
DELETE, EXPORT = "photos.delete", "photos.export"
