"""Vendors on this machine: real HTTP servers that speak what each documents, and keep a ledger."""

from tests.vendors.protocols import PROTOCOLS, SECRETS
from tests.vendors.server import Vendor, running

__all__ = ["PROTOCOLS", "SECRETS", "Vendor", "running"]
