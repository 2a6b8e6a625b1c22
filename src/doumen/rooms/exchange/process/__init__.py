"""What negotiations and transfers have in common: two sides that lead one machine by messages.

`state` is what one side holds, `steps` what messages do to it, `kept` keeps it as a fact;
`incoming` takes what comes from the other side, `courier` sends what waits for it.
"""
