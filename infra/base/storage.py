"""Tables and buckets as the hub keeps them: encrypted, recoverable, closed to the public."""

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

from infra.deployment import Ground


def table(
    scope: Construct,
    id_: str,
    *,
    ground: Ground,
    key: str,
    sort: str | None = None,
    stream: StreamViewType | None = None,
    expires: bool = False,
) -> Table:
    """An on-demand table keyed by strings; `expires` names the attribute of the time to live."""
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
        removal_policy=ground.removal,
        stream=stream,
        time_to_live_attribute="expires" if expires else None,
    )


def bucket(
    scope: Construct,
    id_: str,
    *,
    ground: Ground,
    keep: Duration | None = None,
    announces: bool = False,
) -> Bucket:
    """A private bucket, kept for ever unless `keep` says how long.

    `announces`: every new object is an event on the account's default bus. It is set on the
    resource itself, because the CDK's own switch adds a function that nobody asked for.
    """
    made = Bucket(
        scope,
        id_,
        block_public_access=BlockPublicAccess.BLOCK_ALL,
        encryption=BucketEncryption.S3_MANAGED,
        enforce_ssl=ground.tls,
        lifecycle_rules=[
            LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(7), expiration=keep)
        ],
        removal_policy=ground.removal,
    )
    resource = made.node.default_child
    if announces and isinstance(resource, CfnBucket):
        resource.notification_configuration = CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )
    return made
