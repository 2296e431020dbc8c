"""What somebody is told of: a figure that reaches a bound, at once."""

from aws_cdk.aws_cloudwatch import ComparisonOperator, Metric, TreatMissingData
from constructs import Construct


def ring(scope: Construct, id_: str, metric: Metric, *, why: str, bound: float = 1) -> None:
    metric.create_alarm(
        scope,
        id_,
        alarm_description=why,
        comparison_operator=ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluation_periods=1,
        threshold=bound,
        treat_missing_data=TreatMissingData.NOT_BREACHING,
    )
