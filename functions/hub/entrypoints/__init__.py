"""The wrappers around every handler, which read a trigger's event and write its response.

`sqs.consume` is for queues, `outbox_stream.relay` for the stream of the customer table,
`catalogue_stream` for the streams of the marketers' tables and `http_api.respond` for the HTTP API.
Only here does the hub catch any exception: to log it without personal data, and so that one bad
message does not stop the others.
"""
