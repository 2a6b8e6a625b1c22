"""Make it fit for use: checks of what a contract promises, profiles, proposals to be settled."""
