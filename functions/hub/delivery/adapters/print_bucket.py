"""The bucket of printed letters: a folder for each batch, complete when it has a manifest."""

import orjson

from hub.delivery.domain.print_batch import PrintManifest
from hub.kernel.errors import Conflict, Rejected, Unavailable
from hub.platform.adapters.aws_clients import s3, translate_errors
from hub.platform.adapters.aws_text import to_json

_CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
}


class PrintStore:
    """`hub.delivery.ports.PrintStore` in S3: `print/YYYY/MM/DD/HHMMSS-<number>/`.

    The role needs s3:ListBucket. Without it S3 answers 403 for a missing manifest, and the hub
    raises `Unavailable`.
    """

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def read_manifest(self, batch: str) -> PrintManifest | None:
        try:
            with translate_errors():
                response = s3().get_object(Bucket=self._bucket, Key=_key(batch, "manifest.json"))
                return PrintManifest.from_dict(orjson.loads(response["Body"].read()))
        except Rejected:
            return None

    @translate_errors()
    def put_file(self, batch: str, name: str, body: bytes) -> str:
        key, content_type = _key(batch, name), _CONTENT_TYPES[name.rpartition(".")[2]]
        s3().put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)
        return key

    def commit(self, manifest: PrintManifest) -> PrintManifest:
        body = to_json(manifest.to_dict()).encode()
        try:
            self._put_if_absent(_key(manifest.batch, "manifest.json"), body)
        except Conflict:
            if first_manifest := self.read_manifest(manifest.batch):
                return first_manifest
            raise Unavailable("another manifest is being written") from None
        return manifest

    @translate_errors()
    def _put_if_absent(self, key: str, body: bytes) -> None:
        s3().put_object(
            Bucket=self._bucket,
            Key=key,
            Body=body,
            ContentType=_CONTENT_TYPES["json"],
            IfNoneMatch="*",
        )


def _key(batch: str, name: str) -> str:
    return f"print/{batch}/{name}"
