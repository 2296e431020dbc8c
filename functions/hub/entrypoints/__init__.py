"""The one wrapper around every handler: what a trigger hands over in, what it wants back out.

`queues.consume` for queues, `streams.relay` for the customer table's stream, `streams.edited` for
the marketers' tables' streams, `http.respond` for the HTTP API. Here alone any exception is
caught: to log it without what was in it, and to keep one bad message from its neighbours.
"""
