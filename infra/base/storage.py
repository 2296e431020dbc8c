"""Tables and buckets of the hub: encrypted, recoverable, closed to the public."""

from aws_cdk import Duration
from aws_cdk.aws_dynamodb import (
    Attribute,
    AttributeType,
    BillingMode,
    PointInTimeRecoverySpecification,
    StreamViewType,
    Table,
    TableEncryption,
)
from aws_cdk.aws_s3 import BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, LifecycleRule
from constructs import Construct

from infra.deployment import Deployment


def create_table(
    scope: Construct,
    id_: str,
    *,
    deployment: Deployment,
    key: str,
    sort: str | None = None,
    stream: StreamViewType | None = None,
    expires: bool = False,
) -> Table:
    """Create an on-demand table with string keys. `expires`: its time to live is in `expires`."""
    return Table(
        scope,
        id_,
        billing_mode=BillingMode.PAY_PER_REQUEST,
        encryption=TableEncryption.AWS_MANAGED,
        partition_key=Attribute(name=key, type=AttributeType.STRING),
        sort_key=Attribute(name=sort, type=AttributeType.STRING) if sort else None,
        point_in_time_recovery_specification=PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=deployment.removal,
        stream=stream,
        time_to_live_attribute="expires" if expires else None,
    )


def create_bucket(
    scope: Construct,
    id_: str,
    *,
    deployment: Deployment,
    retention: Duration | None = None,
    sends_events: bool = False,
) -> Bucket:
    """Create a private bucket. Its objects stay for ever unless `retention` says how long.

    `sends_events`: every new object is an event on the account's default bus. It is set on the
    resource itself, because the CDK's own option adds another function.
    """
    bucket = Bucket(
        scope,
        id_,
        block_public_access=BlockPublicAccess.BLOCK_ALL,
        encryption=BucketEncryption.S3_MANAGED,
        enforce_ssl=deployment.requires_tls,
        lifecycle_rules=[
            LifecycleRule(
                abort_incomplete_multipart_upload_after=Duration.days(7), expiration=retention
            )
        ],
        removal_policy=deployment.removal,
    )
    resource = bucket.node.default_child
    if sends_events and isinstance(resource, CfnBucket):
        resource.notification_configuration = CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )
    return bucket
