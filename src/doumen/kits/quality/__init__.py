"""What good data is, as values: the shelf of checks and the shelf of identifiers.

Pure: a check gives SQL that counts, an identifier gives SQL that says what is wrong with a text.
Who runs it, and what is told of it, is for the rooms.
"""
