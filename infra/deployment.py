"""Where the stack is deployed: an AWS account or the emulator. All differences are here.

`cdk ... -c emulator=true` chooses the emulator.
"""

import platform
from collections.abc import Callable
from dataclasses import dataclass

from aws_cdk import (
    AssetHashType,
    CliCredentialsStackSynthesizer,
    DefaultStackSynthesizer,
    IStackSynthesizer,
    RemovalPolicy,
)
from aws_cdk.aws_lambda import Architecture, Code
from constructs import Node

from infra.base.iam_statements import FOR_AWS, FOR_MINISTACK, StatementBuilder
from infra.packaging.bundle import build_bundle
from infra.packaging.dependencies import ACCOUNT, HOST, Target

EMULATOR_SENDER = "hub@example.com"


@dataclass(frozen=True, slots=True)
class Deployment:
    """The properties of the place where the stack is deployed.

    - `has_archive`, `has_schema_registry`: CloudFormation there knows `AWS::Events::Archive` and
      `AWS::EventSchemas`.
    - `requires_tls`: requests without TLS are denied.
    - `statements`: builds IAM statements.
    - `removal`: what happens to tables and buckets when the stack is deleted.
    - `default_sender`: the sender's address if the operator gives none.
    - `to_bus_source`: the source of a service on a bus where only AWS and partners may use the
      service's own name.
    - `find_partner_source`: a partner event source if the context names none.
    - `egress`: connectors reach `public` addresses only, or this machine (`local`).
    - `load_code`: a function's bundle, made for the processor there.
    """

    has_archive: bool
    has_schema_registry: bool
    requires_tls: bool
    statements: StatementBuilder
    removal: RemovalPolicy
    architecture: Architecture
    synthesizer: Callable[[], IStackSynthesizer]
    default_sender: str | None
    to_bus_source: Callable[[str], str]
    find_partner_source: Callable[[str], str | None]
    egress: str
    load_code: Callable[[str], Code]


def make_code_loader(target: Target) -> Callable[[str], Code]:
    """Return a loader of functions' code from their bundles. The hash is that of the bundle."""

    def load(function: str) -> Code:
        bundle = build_bundle(function, target)
        return Code.from_asset(
            str(bundle.archive), asset_hash=bundle.digest, asset_hash_type=AssetHashType.CUSTOM
        )

    return load


def make_account_deployment() -> Deployment:
    """Return an AWS account, in which customer data stays when the stack is deleted."""
    return Deployment(
        has_archive=True,
        has_schema_registry=True,
        requires_tls=True,
        statements=FOR_AWS,
        removal=RemovalPolicy.RETAIN,
        architecture=Architecture.ARM_64,
        synthesizer=DefaultStackSynthesizer,
        default_sender=None,
        to_bus_source=lambda source: source,
        find_partner_source=lambda _: None,
        egress="public",
        load_code=make_code_loader(ACCOUNT),
    )


def make_emulator_deployment() -> Deployment:
    """Return MiniStack: plain HTTP, no CDK publishing role, functions on this machine."""
    arm = platform.machine() in {"aarch64", "arm64"}
    return Deployment(
        has_archive=False,
        has_schema_registry=False,
        requires_tls=False,
        statements=FOR_MINISTACK,
        removal=RemovalPolicy.DESTROY,
        architecture=Architecture.ARM_64 if arm else Architecture.X86_64,
        synthesizer=CliCredentialsStackSynthesizer,
        default_sender=EMULATOR_SENDER,
        to_bus_source=lambda source: f"emulated.{source}",
        find_partner_source=lambda source: f"{source}/emulated",
        egress="local",
        load_code=make_code_loader(HOST),
    )


def read_deployment(node: Node) -> Deployment:
    """Return the deployment that the CDK context asks for."""
    is_emulator = str(node.try_get_context("emulator")).lower() == "true"
    return make_emulator_deployment() if is_emulator else make_account_deployment()
