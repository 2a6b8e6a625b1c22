"""Alerts: who is told when a run is late, fails, or brings other data than the contract says.

`document`: YAML in, an alert out. `kept`: the facts. `judging`: what of a run is wrong; pure.
`saying`: the words of it. `watch`: what is late or stale now. `outbox`: what waits is sent, by one
of the `ways`. `verbs`: what people ask of them.
"""
