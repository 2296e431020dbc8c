"""The ground the house stands on: an AWS account, or the emulator. All that differs is said here.

`cdk ... -c emulator=true` is the one switch.
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

from infra.base.iam_statements import AS_AWS_READS_THEM, AS_MINISTACK_READS_THEM, Grants
from infra.packaging.bundle import bundle
from infra.packaging.dependencies import ACCOUNT, HOST, Target

EMULATOR_SENDER = "hub@example.com"


@dataclass(frozen=True, slots=True)
class Ground:
    """`archive`: whether CloudFormation knows `AWS::Events::Archive` there; `registry`: whether it
    knows `AWS::EventSchemas`.

    `tls`: whether whoever comes without TLS is turned away. `grants`: how permissions are read.
    `removal`: what becomes of tables and buckets with the stack. `sender`: the sender's address
    where nobody has to give one. `heard_as`: what somebody is called on a bus in whose name only
    AWS and its partners may speak; `partner`: a partner event source where nobody has named one.
    `egress`: whether connectors reach public addresses only, or this machine (`local`). `code`: a
    function's bundle, made for the processors there.
    """

    archive: bool
    registry: bool
    tls: bool
    grants: Grants
    removal: RemovalPolicy
    architecture: Architecture
    synthesizer: Callable[[], IStackSynthesizer]
    sender: str | None
    heard_as: Callable[[str], str]
    partner: Callable[[str], str | None]
    egress: str
    code: Callable[[str], Code]


def bundled(target: Target) -> Callable[[str], Code]:
    """The code of a function from its bundle; its hash is the bundle's own."""

    def code(function: str) -> Code:
        made = bundle(function, target)
        return Code.from_asset(
            str(made.archive), asset_hash=made.digest, asset_hash_type=AssetHashType.CUSTOM
        )

    return code


def account() -> Ground:
    """An AWS account: what customers gave us stays when the stack goes."""
    return Ground(
        archive=True,
        registry=True,
        tls=True,
        grants=AS_AWS_READS_THEM,
        removal=RemovalPolicy.RETAIN,
        architecture=Architecture.ARM_64,
        synthesizer=DefaultStackSynthesizer,
        sender=None,
        heard_as=lambda source: source,
        partner=lambda _: None,
        egress="public",
        code=bundled(ACCOUNT),
    )


def emulator() -> Ground:
    """MiniStack: plain HTTP, no publishing role for the CDK, functions run on this machine."""
    arm = platform.machine() in {"aarch64", "arm64"}
    return Ground(
        archive=False,
        registry=False,
        tls=False,
        grants=AS_MINISTACK_READS_THEM,
        removal=RemovalPolicy.DESTROY,
        architecture=Architecture.ARM_64 if arm else Architecture.X86_64,
        synthesizer=CliCredentialsStackSynthesizer,
        sender=EMULATOR_SENDER,
        heard_as=lambda source: f"emulated.{source}",
        partner=lambda source: f"{source}/emulated",
        egress="local",
        code=bundled(HOST),
    )


def ground_of(node: Node) -> Ground:
    """The ground that the context asks for."""
    asked = str(node.try_get_context("emulator")).lower() == "true"
    return emulator() if asked else account()
