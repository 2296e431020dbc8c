"""What every command gets: the screen, the home, and the hub."""

from dataclasses import dataclass

import typer

from tools.segue.hub import Hub, connect_account_hub, connect_local_hub
from tools.segue.local_home import Home, UserError
from tools.segue.screen import Screen


@dataclass(frozen=True, slots=True)
class Session:
    screen: Screen
    home: Home
    stack: str = ""
    profile: str | None = None
    region: str | None = None

    @property
    def local_home(self) -> Home:
        """The home, for commands about this machine only. Raises `UserError` with `--stack`."""
        if self.stack or self.profile or self.region:
            raise UserError("This command is for the hub on this machine: leave --stack out.")
        return self.home

    def hub(self) -> Hub:
        """Return the hub of `--stack`, else the one on this machine. Raises `UserError`."""
        if self.stack:
            return connect_account_hub(self.stack, self.profile, self.region)
        if self.profile or self.region:
            raise UserError("--profile and --region need --stack.")
        return connect_local_hub(self.home)


def get_session(context: typer.Context) -> Session:
    found = context.find_object(Session)
    if found is None:
        raise UserError("This command is a part of `segue`.")
    return found
