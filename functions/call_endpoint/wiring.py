"""The steps of `call_endpoint`: one for each connector, made when its first action comes."""

from functools import cache

from call_endpoint.settings import CallEndpointSettings
from hub.catalogue.adapters.catalogue_store import SnapshotReader, build_template_loader
from hub.contact_policy.domain.sealed_links import SealedLinks, parse_link_keys
from hub.contact_policy.wiring import read_with_refusals
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.delivery.adapters.action_ledger import ActionLedger
from hub.delivery.adapters.connector_files import load_connectors
from hub.delivery.adapters.oauth_tokens import ProcessTokens, SharedTokens
from hub.delivery.adapters.outbound_http import OutboundHttp
from hub.delivery.adapters.throttle_table import ThrottleStates
from hub.delivery.domain.connector.definition import IdempotencyMode
from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.delivery.steps.connector_channel import ConnectorChannel
from hub.delivery.steps.connector_exchange import ConnectorExchange
from hub.delivery.steps.message_channels import MessageContent
from hub.delivery.steps.provider_throttle import ProviderThrottle
from hub.delivery.steps.route_to_connector import RouteToConnector
from hub.entrypoints.settings import read_settings
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.platform.adapters.secrets import Secrets


@cache
def settings() -> CallEndpointSettings:
    """The function's environment."""
    return read_settings(CallEndpointSettings)


@cache
def route_to_connector() -> RouteToConnector:
    serving = dict(pair.split("=", 1) for pair in settings().serving.split())
    return RouteToConnector(carry_out_actions, frozenset(load_connectors()), serving)


@cache
def carry_out_actions(name: str) -> CarryOutActions:
    environment, connector = settings(), load_connectors()[name]
    exchange = ConnectorExchange(
        connector=connector,
        http=OutboundHttp(local=environment.egress == "local"),
        throttle=ProviderThrottle(
            name, connector.limits, ThrottleStates(environment.throttles_table), clock.now
        ),
        tokens=SharedTokens(environment.connector_tokens)
        if connector.auth.rotates
        else ProcessTokens(),
        clock=clock.now,
    )
    channel = ConnectorChannel(
        exchange, message_content(), secrets().read_object, preference_links()
    )
    return CarryOutActions(
        channel=channel,
        customers=read_with_refusals(environment),
        ledger=ActionLedger(environment.ledger_table),
        bus=Bus(environment.bus_name),
        clock=clock.now,
        look_up=channel.look_up if connector.mode is IdempotencyMode.LOOKUP else None,
    )


@cache
def preference_links() -> SealedLinks:
    links = Secrets(settings().link_keys)
    return SealedLinks(settings().public_url, lambda: parse_link_keys(links()))


@cache
def message_content() -> MessageContent:
    return MessageContent(
        build_template_loader(SnapshotReader(settings().catalogue_bucket)), LiquidRenderer()
    )


@cache
def secrets() -> Secrets:
    return Secrets(settings().connector_secrets)
