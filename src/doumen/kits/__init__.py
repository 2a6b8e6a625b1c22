"""Pure knowledge: SQL, policy, evidence, standards. No clock, no randomness, no I/O."""
