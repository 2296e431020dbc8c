"""The secrets. The stack creates them empty and never sees a value; operators fill them in."""

from aws_cdk.aws_secretsmanager import CfnSecret
from constructs import Construct

from infra.deployment import Deployment

EMPTY = "{}"


class Secrets(Construct):
    """The ARNs of the secrets, each a JSON object.

    - `sources`: `{"<source>": ["whsec_...", ...]}`, signing secrets.
    - `connectors`: `{"<name>": {"url", "token", ...}}`.
    - `tokens`: tokens that providers gave to the hub. The hub stores them itself.
    - `api_keys`: `{"keys": ["...", ...]}` of systems that request decisions, and `{"sites":
      {"pk_...": {"origins", "secrets"}}}` of public pages that do.
    - `databases`: `{"<source>": "postgresql+psycopg://..."}`, the databases to poll.
    - `link_key`: `{"key"}` seals the links to the preference page. Nobody has to know it, so it is
      generated.

    The ARN is read from the attribute, because the emulator's `Ref` is the name only.
    """

    def __init__(self, scope: Construct, id_: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id_)
        self.sources = self._create_empty("Sources", "signing secrets of the sources", deployment)
        self.api_keys = self._create_empty(
            "Askers", "API keys of those who ask for decisions", deployment
        )
        self.connectors = self._create_empty(
            "Connectors", "addresses and tokens of connectors", deployment
        )
        self.tokens = self._create_empty(
            "Tokens", "tokens that providers gave to connectors", deployment
        )
        self.databases = self._create_empty(
            "Databases", "addresses of databases to poll", deployment
        )
        self.link_key = self._generate("Links", "the key that seals links in messages", deployment)

    def _generate(self, id_: str, purpose: str, deployment: Deployment) -> str:
        generate = CfnSecret.GenerateSecretStringProperty(
            exclude_punctuation=True,
            generate_string_key="key",
            password_length=48,
            secret_string_template=EMPTY,
        )
        secret = CfnSecret(
            self, id_, description=f"Segue: {purpose}", generate_secret_string=generate
        )
        secret.apply_removal_policy(deployment.removal)
        return secret.attr_id

    def _create_empty(self, id_: str, purpose: str, deployment: Deployment) -> str:
        secret = CfnSecret(self, id_, description=f"Segue: {purpose}", secret_string=EMPTY)
        secret.apply_removal_policy(deployment.removal)
        return secret.attr_id
