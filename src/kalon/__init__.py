"""Kalon, the clinic system for aesthetic surgery."""

__version__ = "0.1.0"
