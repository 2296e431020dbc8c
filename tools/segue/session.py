"""What every command is given: the screen, the home, and the way to the hub it is about."""

from dataclasses import dataclass

import typer

from tools.segue.hub import Hub, account_hub, local_hub
from tools.segue.local_home import Home, ToldError
from tools.segue.screen import Screen


@dataclass(frozen=True, slots=True)
class Session:
    screen: Screen
    home: Home
    stack: str = ""
    profile: str | None = None
    region: str | None = None

    @property
    def here(self) -> Home:
        """The home, for what is about this machine alone. Raises `ToldError` with `--stack`."""
        if self.stack or self.profile or self.region:
            raise ToldError("This is about the hub on this machine: leave --stack out.")
        return self.home

    def hub(self) -> Hub:
        """The hub of `--stack`, else the one on this machine. Raises `ToldError`."""
        if self.stack:
            return account_hub(self.stack, self.profile, self.region)
        if self.profile or self.region:
            raise ToldError("--profile and --region say where --stack is: name the stack as well.")
        return local_hub(self.home)


def session_of(context: typer.Context) -> Session:
    found = context.find_object(Session)
    if found is None:
        raise ToldError("This command is a part of `segue`.")
    return found
