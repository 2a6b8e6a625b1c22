"""Frozen nouns. Every other floor speaks in these words; nothing here computes, reads or writes."""
