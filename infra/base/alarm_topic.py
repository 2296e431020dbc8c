"""The watch: every alarm of the house rings on one topic, which people subscribe to."""

from aws_cdk import Aspects, IAspect, Stack
from aws_cdk.aws_cloudwatch import CfnAlarm
from aws_cdk.aws_iam import ServicePrincipal
from aws_cdk.aws_sns import Topic
from constructs import Construct, IConstruct
from jsii import implements

from infra.deployment import Ground


class Watch(Construct):
    """`topic` tells of every alarm of the stack and of its end. Subscribe an address to it."""

    def __init__(self, scope: Construct, id_: str, *, ground: Ground) -> None:
        super().__init__(scope, id_)
        self.topic = Topic(self, "Alarms", enforce_ssl=ground.tls)
        self.topic.grant_publish(ServicePrincipal("cloudwatch.amazonaws.com"))
        Aspects.of(Stack.of(self)).add(_Ringing(self.topic.topic_arn))


@implements(IAspect)
class _Ringing:
    """Gives every alarm the topic as its action, so that no room can forget it."""

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, CfnAlarm):
            node.alarm_actions = [self._topic]
            node.ok_actions = [self._topic]
