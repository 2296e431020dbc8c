"""The EventBridge `Source` of each kind of record on the bus.

`tests/infra/test_bus.py` holds them equal to those of the hub, which infra never imports.
"""

PREFIX = "segue."

RAW = "segue.raw"
EVENT = "segue.event"
DECISION = "segue.decision"
OUTCOME = "segue.outcome"
