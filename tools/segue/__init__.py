"""The `segue` command: it starts a hub on this machine, and inspects any hub."""
