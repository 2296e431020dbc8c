"""The claims bucket: bodies that are too large for the bus."""

from hub.platform.adapters.aws_clients import s3, translate_errors
from hub.platform.adapters.aws_text import to_aws_name


class ClaimCheck:
    """`hub.messaging.ports.Claims` in S3. A claim is its object's key; `get` of one expired is
    `Rejected`."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    @translate_errors()
    def put(self, name: str, body: bytes) -> str:
        claim = to_aws_name(name)
        s3().put_object(Bucket=self._bucket, Key=claim, Body=body)
        return claim

    @translate_errors()
    def get(self, key: str) -> bytes:
        return s3().get_object(Bucket=self._bucket, Key=key)["Body"].read()
