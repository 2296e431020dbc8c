"""Alarms that start at once when a metric reaches a threshold."""

from aws_cdk.aws_cloudwatch import ComparisonOperator, Metric, TreatMissingData
from constructs import Construct


def create_alarm(
    scope: Construct, id_: str, metric: Metric, *, description: str, threshold: float = 1
) -> None:
    metric.create_alarm(
        scope,
        id_,
        alarm_description=description,
        comparison_operator=ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluation_periods=1,
        threshold=threshold,
        treat_missing_data=TreatMissingData.NOT_BREACHING,
    )
