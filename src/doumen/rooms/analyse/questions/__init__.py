"""Saved questions and what was asked: saved, shared by their text, asked again, with receipts.

`keeping` finds, checks and makes them, `verbs` are the operations.
"""
