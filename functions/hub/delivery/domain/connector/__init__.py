"""Connectors: systems that the hub calls over HTTP, as the files of `schemas/connectors` say."""
