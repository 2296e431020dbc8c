"""Sets the CORS rules of a local hub's API.

The emulator's CloudFormation stores them under names that its API gateway does not know, so they
are set once more.
"""

from typing import Any

from tools.segue.hub import Hub

API = "AWS::ApiGatewayV2::Api"


def apply_cors(hub: Hub, stack: str) -> None:
    template: Any = hub.stacks.get_template(StackName=stack)["TemplateBody"]
    for resource in template["Resources"].values():
        if resource["Type"] == API:
            cors = resource["Properties"]["CorsConfiguration"]
            hub.gateway.update_api(ApiId=hub.output("ApiId"), CorsConfiguration=cors)
