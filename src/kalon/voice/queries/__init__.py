"""Reads of recorded consultations, each limited to what the actor may see."""
