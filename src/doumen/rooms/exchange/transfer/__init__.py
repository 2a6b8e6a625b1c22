"""Transfers: the standing permission to use an agreement now, asked for, given, laid to rest.

`state` is the fact, `steps` the messages, `book` what they come to for the agreement; `incoming`
takes what comes, `courier` asks for one and sends what waits; `verbs` are for people.
"""
