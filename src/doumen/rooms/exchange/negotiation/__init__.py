"""Negotiations: what is held of one, what leads it on, who decides, and what is sent.

`state` is the fact, `steps` what messages do to it, `deciding` the document by which a node
decides alone; `courier` sends what waits and goes on where nobody has to decide; `incoming`
takes what comes; `verbs` are for people.
"""
