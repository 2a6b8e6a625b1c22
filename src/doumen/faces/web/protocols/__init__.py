"""Protocols that other nodes and readers of files speak to this one, each in a file of its own."""
