"""Every connector with all that it needs, each made when the first action for it comes."""

from functools import cache

from hub.adapters import clock
from hub.adapters.bus import Bus
from hub.adapters.catalogue_store import Snapshots, templates_of
from hub.adapters.connectors import connectors
from hub.adapters.content import LiquidRenderer
from hub.adapters.customers import Customers
from hub.adapters.http import Http
from hub.adapters.ledger import Ledger
from hub.adapters.secrets import Secrets
from hub.adapters.throttles import Throttles
from hub.adapters.tokens import OwnTokens, SharedTokens
from hub.domain.connector.definition import Mode
from hub.domain.preferences import Invitations, keys_of
from hub.settings import CallEndpointSettings, read
from hub.steps.act import Actor
from hub.steps.call import ConnectorChannel
from hub.steps.channels import Content
from hub.steps.exchange import Exchange
from hub.steps.switch import Switch
from hub.steps.throttling import Throttling


@cache
def settings() -> CallEndpointSettings:
    return read(CallEndpointSettings)


@cache
def switchboard() -> Switch:
    serving = dict(pair.split("=", 1) for pair in settings().serving.split())
    return Switch(actor, frozenset(connectors()), serving)


@cache
def actor(name: str) -> Actor:
    given, connector = settings(), connectors()[name]
    exchange = Exchange(
        connector=connector,
        http=Http(local=given.egress == "local"),
        throttling=Throttling(name, connector.limits, Throttles(given.throttles_table), clock.now),
        tokens=SharedTokens(given.connector_tokens) if connector.auth.rotates else OwnTokens(),
        clock=clock.now,
    )
    return Actor(
        channel=ConnectorChannel(exchange, content(), secrets().of, invitations()),
        customers=Customers(given.customers_table),
        ledger=Ledger(given.ledger_table),
        bus=Bus(given.bus_name),
        clock=clock.now,
        looks_up=connector.mode is Mode.LOOKUP,
    )


@cache
def invitations() -> Invitations:
    links = Secrets(settings().link_keys)
    return Invitations(settings().public_url, lambda: keys_of(links()))


@cache
def content() -> Content:
    return Content(templates_of(Snapshots(settings().catalogue_bucket)), LiquidRenderer())


@cache
def secrets() -> Secrets:
    return Secrets(settings().connector_secrets)
