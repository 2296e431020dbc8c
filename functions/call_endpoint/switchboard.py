"""Every connector with all that it needs, each made when the first action for it comes."""

from functools import cache

from call_endpoint.settings import CallEndpointSettings
from hub.catalogue.adapters.catalogue_store import Snapshots, templates_of
from hub.contact_policy.domain.preference_centre import Invitations, keys_of
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.delivery.adapters.action_ledger import Ledger
from hub.delivery.adapters.connector_files import connectors
from hub.delivery.adapters.oauth_tokens import OwnTokens, SharedTokens
from hub.delivery.adapters.outbound_http import Http
from hub.delivery.adapters.throttle_table import Throttles
from hub.delivery.domain.connector.definition import Mode
from hub.delivery.steps.carry_out_actions import Actor
from hub.delivery.steps.connector_channel import ConnectorChannel
from hub.delivery.steps.connector_exchange import Exchange
from hub.delivery.steps.message_channels import Content
from hub.delivery.steps.provider_throttle import Throttling
from hub.delivery.steps.route_to_connector import Switch
from hub.entrypoints.settings import read
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.platform.adapters.secrets import Secrets
from hub.profile.adapters.customer_table import Customers


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
