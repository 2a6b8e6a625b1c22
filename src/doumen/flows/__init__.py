"""What spans rooms: what is done again and again, and who is told where it goes wrong.

`schedule`: when which verb is queued. `alert`: what of its runs is told, and by which way.
`times`: lengths and moments as text. The table of verbs and what reads a command
by it are handed in from above.
"""
