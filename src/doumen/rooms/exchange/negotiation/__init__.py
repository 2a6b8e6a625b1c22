"""Negotiations: what is held of one, what leads it on, who decides, and what is sent.

`state` is the fact, `steps` the messages, `book` what they come to: offers that are asked for and
agreements; `deciding` is the document by which a node decides alone. `courier` sends what waits and
goes on where nobody has to decide; `incoming` takes what comes; `verbs` are for people, and `shown`
is what they show.
"""
