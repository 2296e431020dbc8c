"""Laws that hold for every table, bucket, topic and secret."""

import re

import pytest

from hub.publishing.domain.tables import TABLES
from tests.infra.template_reader import Template, of_type, referred, refused_without_tls

# CloudFormation itself demands a name of these.
MUST_BE_NAMED = {"AWS::Events::EventBus", "AWS::ApiGatewayV2::Api"}
NAME = re.compile(r"(Table|Bucket|Queue|Function|Topic|Role|LogGroup|Alarm|Archive|Policy)?Name")


def test_every_table_can_be_restored_to_any_second(template: Template) -> None:
    for id_, table in of_type(template, "AWS::DynamoDB::Table").items():
        recovery = table["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": True}, id_


def test_every_table_is_encrypted_and_paid_by_the_request(template: Template) -> None:
    for id_, table in of_type(template, "AWS::DynamoDB::Table").items():
        assert table["SSESpecification"] == {"SSEEnabled": True}, id_
        assert table["BillingMode"] == "PAY_PER_REQUEST", id_


def test_no_bucket_is_public_or_unencrypted(template: Template) -> None:
    buckets = of_type(template, "AWS::S3::Bucket")
    for id_, bucket in buckets.items():
        assert all(bucket["PublicAccessBlockConfiguration"].values()), id_
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4, id_
        assert bucket["BucketEncryption"], id_
    assert refused_without_tls(template, "AWS::S3::BucketPolicy", "Bucket") == set(buckets)


def test_customer_data_outlives_the_stack(template: Template) -> None:
    kinds = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"}
    for id_, resource in template["Resources"].items():
        if resource["Type"] in kinds:
            assert resource["DeletionPolicy"] == "Retain", id_
            assert resource["UpdateReplacePolicy"] == "Retain", id_


def test_the_stack_never_sees_a_secret(template: Template) -> None:
    for id_, secret in of_type(template, "AWS::SecretsManager::Secret").items():
        made = secret.get("GenerateSecretString", {}).get("SecretStringTemplate")
        assert secret.get("SecretString", made) == "{}", id_


def test_the_topic_is_encrypted(template: Template) -> None:
    """Alarms hold nothing personal, and CloudWatch may not use the key that AWS manages for SNS."""
    for id_, topic in of_type(template, "AWS::SNS::Topic").items():
        assert topic.get("KmsMasterKeyId") or id_.startswith("Watch"), id_


def test_only_dropped_files_and_failed_batches_are_announced(template: Template) -> None:
    announcing = {
        id_
        for id_, bucket in of_type(template, "AWS::S3::Bucket").items()
        if bucket.get("NotificationConfiguration")
    }
    outputs = ("FilesBucket", "FailedBatchesBucket")
    assert announcing == {referred(template["Outputs"][name]["Value"]) for name in outputs}


def test_no_resource_has_a_physical_name(template: Template) -> None:
    named = {
        resource["Type"]
        for resource in template["Resources"].values()
        for key, value in resource.get("Properties", {}).items()
        if (NAME.fullmatch(key) or key == "GroupName") and isinstance(value, str)
    }
    assert named - {"AWS::IAM::Policy"} <= MUST_BE_NAMED


@pytest.mark.parametrize(
    ("output", "stream"),
    [
        ("CustomersTable", "NEW_AND_OLD_IMAGES"),
        ("RulesTable", "NEW_AND_OLD_IMAGES"),
        ("TemplatesTable", "NEW_AND_OLD_IMAGES"),
    ],
)
def test_a_stream_has_the_images_that_its_readers_need(
    template: Template, output: str, stream: str
) -> None:
    table = template["Resources"][referred(template["Outputs"][output]["Value"])]
    assert table["Properties"]["StreamSpecification"] == {"StreamViewType": stream}


def test_many_parked_payloads_and_many_refused_requests_raise_an_alarm(
    template: Template,
) -> None:
    alarms = of_type(template, "AWS::CloudWatch::Alarm").values()
    sums = {a["MetricName"]: a for a in alarms if a["Statistic"] == "Sum" and a["Threshold"] > 1}
    assert sums.keys() == {"4xx", "ConsumedWriteCapacityUnits"}
    [api] = of_type(template, "AWS::ApiGatewayV2::Api")
    [refusing] = sums["4xx"]["Dimensions"]
    assert (refusing["Name"], referred(refusing["Value"])) == ("ApiId", api)
    [parking] = sums["ConsumedWriteCapacityUnits"]["Dimensions"]
    assert referred(parking["Value"]) == referred(template["Outputs"]["ParkedTable"]["Value"])


def test_the_archive_is_kept_for_a_replay_a_year_later(template: Template) -> None:
    archive = template["Resources"][referred(template["Outputs"]["ArchiveBucket"]["Value"])]
    [rule] = archive["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] >= 366


def test_the_marketers_tables_are_those_that_the_hub_reads(template: Template) -> None:
    stored = of_type(template, "AWS::DynamoDB::Table")
    for name, table in TABLES.items():
        made = stored[referred(template["Outputs"][f"{name.title()}Table"]["Value"])]
        assert made["KeySchema"] == [{"AttributeName": table.key, "KeyType": "HASH"}]
