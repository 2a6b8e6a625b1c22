"""Score it: indicators of quality, each with its reference, and the score that a buyer verifies."""
