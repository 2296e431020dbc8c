"""The one wrapper around every handler: what a trigger hands over in, what it wants back out.

`consume` for queues, `relay` for the customer table's stream, `edited` for the marketers' tables'
streams, `respond` for the HTTP API. Here alone any exception is caught: to log it without what
was in it, and to keep one bad message from its neighbours.
"""

from hub.entry.http import Request, respond
from hub.entry.queues import consume
from hub.entry.streams import edited, from_stream, of_outboxes, relay

__all__ = ["Request", "consume", "edited", "from_stream", "of_outboxes", "relay", "respond"]
