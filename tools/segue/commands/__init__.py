"""The commands of `segue`, one module for each or for those that belong together."""
