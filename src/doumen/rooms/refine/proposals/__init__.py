"""The queue of what machines propose and people settle: shown, accepted, edited, refused.

`queue` reads it, `worded` says a rule in words, `settling` makes the facts that an answer asks for,
`verbs` are the operations, `review` asks one after another by keyboard.
"""
