"""Which pages may call a local hub: what its template says, told to the emulator once more.

Its CloudFormation keeps these settings (CORS) under names that its API gateway then does not know.
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
