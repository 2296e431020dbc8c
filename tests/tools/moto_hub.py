"""A hub with nothing but tables and a bucket, as moto plays them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tools.segue.hub import Hub

REGION = "eu-west-1"


@contextmanager
def a_hub(
    monkeypatch: pytest.MonkeyPatch, tables: Mapping[str, str], bucket: str, output: str
) -> Iterator[Hub]:
    """`tables` are by name, each with its key; the stack's `output` names the `bucket`."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        outputs = {f"{name}Table": name for name in tables} | {output: bucket}
        made = Hub(outputs, boto3.Session(region_name=REGION))
        for name, key in tables.items():
            made.dynamodb.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            )
        place: Any = {"LocationConstraint": REGION}
        made.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
        yield made
