"""The kinds of record on the bus. Rules filter by these, the EventBridge `Source` of each."""

RAW = "segue.raw"
"""An inbound payload. The detail type is the name of the source that sent it."""
EVENT = "segue.event"
"""A canonical event of a known customer, or a fact. The detail type is the event's type."""
DECISION = "segue.decision"
"""A decision. The detail type is the type of the event that was decided."""
OUTCOME = "segue.outcome"
"""An event that `normalize` has yet to take in: how an action ended, a response to an offer, a
changed preference. The detail type is the event's type."""
