"""The warehouse bucket: JSON lines, one folder for each data set and day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hub.platform.adapters.aws_clients import s3, translate_errors
from hub.platform.adapters.aws_text import to_aws_name, to_json


class Warehouse:
    """`hub.delivery.ports.Warehouse` in S3. Each record is an object
    `<dataset>/day=YYYY-MM-DD/<name>.jsonl`."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    @translate_errors()
    def append(self, dataset: str, day: date, name: str, record: Mapping[str, Any]) -> str:
        """Returns the key of the object, which is the same for a repeat."""
        key = f"{to_aws_name(dataset)}/day={day:%Y-%m-%d}/{to_aws_name(name)}.jsonl"
        body = f"{to_json(record)}\n".encode()
        s3().put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/x-ndjson")
        return key
