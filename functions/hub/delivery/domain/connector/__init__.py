"""Connectors: systems that are called over HTTP, each as a file of `schemas/connectors` says."""
