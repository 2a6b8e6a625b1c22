"""Schedules: what is queued again and again, and when.

`timing`: times of a clock or an interval, and what of them is due; pure. `kept`: the facts.
`command`: a command as a schedule holds it. `rounds`: what a worker does for all of them.
`verbs`, `telling`: what people ask of them.
"""
