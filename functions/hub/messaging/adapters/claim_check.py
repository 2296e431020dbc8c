"""The claims bucket, which holds the bodies that are too large for the bus."""

from hub.platform.adapters.aws_clients import s3, translate_errors
from hub.platform.adapters.aws_text import to_aws_name


class ClaimCheck:
    """`hub.messaging.ports.ClaimCheck` in S3: the key is the object's key."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    @translate_errors()
    def put(self, name: str, body: bytes) -> str:
        key = to_aws_name(name)
        s3().put_object(Bucket=self._bucket, Key=key, Body=body)
        return key

    @translate_errors()
    def get(self, key: str) -> bytes:
        return s3().get_object(Bucket=self._bucket, Key=key)["Body"].read()
