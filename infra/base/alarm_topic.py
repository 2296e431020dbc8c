"""The SNS topic of all alarms, to which operators subscribe."""

from aws_cdk import Aspects, IAspect, Stack
from aws_cdk.aws_cloudwatch import CfnAlarm
from aws_cdk.aws_iam import ServicePrincipal
from aws_cdk.aws_sns import Topic
from constructs import Construct, IConstruct
from jsii import implements

from infra.deployment import Deployment


class AlarmTopic(Construct):
    """`topic` receives a message when an alarm of the stack starts and when it ends."""

    def __init__(self, scope: Construct, id_: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id_)
        self.topic = Topic(self, "Alarms", enforce_ssl=deployment.requires_tls)
        self.topic.grant_publish(ServicePrincipal("cloudwatch.amazonaws.com"))
        Aspects.of(Stack.of(self)).add(_AlarmActions(self.topic.topic_arn))


@implements(IAspect)
class _AlarmActions:
    """Makes the topic the action of every alarm, so that no construct can forget it."""

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, CfnAlarm):
            node.alarm_actions = [self._topic]
            node.ok_actions = [self._topic]
