"""The claims bucket: bodies that are too large for the bus."""

from hub.platform.adapters.aws_clients import s3, translated
from hub.platform.adapters.aws_text import token


class Claims:
    """`hub.messaging.ports.Claims` in S3. A claim is its object's key; `get` of one expired is
    `Rejected`."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    @translated()
    def put(self, name: str, body: bytes) -> str:
        claim = token(name)
        s3().put_object(Bucket=self._bucket, Key=claim, Body=body)
        return claim

    @translated()
    def get(self, claim: str) -> bytes:
        return s3().get_object(Bucket=self._bucket, Key=claim)["Body"].read()
