"""Lets the emulator answer preflight requests of browsers.

It answers `OPTIONS` itself before it looks for a route, and refuses it without rules for the whole
API. In an account the functions answer. So on this machine every route allows what some do there.
"""

from tools.segue.hub import Hub

RULES = {
    "AllowHeaders": ["authorization", "content-type", "x-retry-count"],
    "AllowMethods": ["GET", "POST"],
    "AllowOrigins": ["*"],
    "MaxAge": 3600,
}


def apply_cors(hub: Hub) -> None:
    hub.gateway.update_api(ApiId=hub.output("ApiId"), CorsConfiguration=RULES)
