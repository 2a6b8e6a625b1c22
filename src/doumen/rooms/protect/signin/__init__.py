"""Signing in: `entry` opens sessions, by what `passwords`, `codes` and `attempts` say; verbs."""
