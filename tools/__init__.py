"""What a developer runs: set-up, checks, and the `segue` command."""
