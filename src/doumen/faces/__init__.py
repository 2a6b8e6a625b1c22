"""Faces draw and ask; they decide nothing."""
