"""What developers run: set-up, checks, and the `segue` command."""
