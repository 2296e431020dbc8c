"""The wrappers around every handler, which read a trigger's event and write its response.

`sqs.consume` is for queues, `outbox_stream.relay` for the stream of the customer table,
`catalogue_stream` for the streams of the marketers' tables and `http_api.respond` for the HTTP API.
Here the hub catches any exception: to log it without personal data, and so that one bad message
does not stop the others. Elsewhere it does so only with `hub.kernel.errors.explain_fault`, which
raises again what the content of one row or event cannot cause.
"""
