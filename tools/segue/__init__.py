"""The `segue` command: starts a hub on this machine, and looks into any hub."""
