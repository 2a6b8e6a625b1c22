"""Protocols that other nodes speak to this one, each in a file of its own."""
