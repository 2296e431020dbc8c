"""The secrets. Operators put the keys in; the stack makes empty rings and never sees one."""

from aws_cdk.aws_secretsmanager import CfnSecret
from constructs import Construct

from infra.deployment import Ground

EMPTY = "{}"


class Keyring(Construct):
    """`sources`: {"<source>": ["whsec_...", ...]}; `connectors`: {"<name>": {"url", "token", ...}};
    `tokens`: what providers gave the hub for these, kept there by the hub itself;
    `askers`: {"keys": ["...", ...]}, of whoever asks for decisions, and {"sites": {"pk_...":
    {"origins", "secrets"}}} of public pages that do; `databases`: {"<source>":
    "postgresql+psycopg://..."}, the addresses of the databases that are polled; `links`: {"key"},
    which seals the links in messages by which customers say what they want to hear. Nobody has to
    know that one, so it is made by itself.

    They are ARNs, taken from the attribute because the emulator's `Ref` is the name only.
    """

    def __init__(self, scope: Construct, id_: str, *, ground: Ground) -> None:
        super().__init__(scope, id_)
        self.sources = self._ring("Sources", "signing secrets of the sources", ground)
        self.askers = self._ring("Askers", "API keys of those who ask for decisions", ground)
        self.connectors = self._ring("Connectors", "addresses and tokens of connectors", ground)
        self.tokens = self._ring("Tokens", "tokens that providers gave to connectors", ground)
        self.databases = self._ring("Databases", "addresses of databases to poll", ground)
        self.links = self._made("Links", "the key that seals links in messages", ground)

    def _made(self, id_: str, purpose: str, ground: Ground) -> str:
        made = CfnSecret.GenerateSecretStringProperty(
            exclude_punctuation=True,
            generate_string_key="key",
            password_length=48,
            secret_string_template=EMPTY,
        )
        ring = CfnSecret(self, id_, description=f"Segue: {purpose}", generate_secret_string=made)
        ring.apply_removal_policy(ground.removal)
        return ring.attr_id

    def _ring(self, id_: str, purpose: str, ground: Ground) -> str:
        ring = CfnSecret(self, id_, description=f"Segue: {purpose}", secret_string=EMPTY)
        ring.apply_removal_policy(ground.removal)
        return ring.attr_id
