"""The service: every verb of the table over HTTP, each request a job of a token's actor.

`serve` starts it; `app` puts the parts together; `routes` and `verb` make an address of each verb,
`inputs` and `uploads` read what was sent, `query` streams answers in the form asked for, `openapi`
describes all of it. `entrance` asks who is there, `work` keeps the gate off the event loop,
`outer` tells errors as problems and writes the log.
"""
