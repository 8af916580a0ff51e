"""The command line `python -m engine`: collects the commands and runs the one that is asked for.

A command is imported when it is asked for: `doctor` must be able to say what is missing where
another command could not even be loaded.
"""

from __future__ import annotations

import sys
from importlib import import_module

COMMANDS = {
    "setup": ("engine.commands.setup", "command"),
    "demo": ("engine.commands.demo", "demo"),
    "import": ("engine.commands.importing", "command"),
    "check": ("engine.commands.check", "command"),
    "migrate": ("engine.commands.migrate", "command"),
    "doctor": ("engine.commands.doctor", "command"),
    "password": ("engine.commands.password", "command"),
    "docs": ("engine.commands.docs", "command"),
}
PROGRAM = "python -m engine"

try:
    import click

    from engine.edge import exit_code_of
    from engine.log import set_up_log
except ModuleNotFoundError as error:
    print(f"error: The Python package {error.name} is missing.", file=sys.stderr)
    print("       Run: python -m pip install -r requirements.txt", file=sys.stderr)
    sys.exit(3)


class CommandLine(click.Group):
    """The group of all commands; a command's module is loaded when the command is."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        found: click.Command = getattr(import_module(module), name)
        return found


@click.group(cls=CommandLine, context_settings={"max_content_width": 100})
def command_line() -> None:
    """Set up, fill and look after the database of the shop's profit analytics."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""

    def run() -> int | None:
        from engine.settings import Settings

        set_up_log("text", "warning")  # for what goes wrong before the settings are known
        settings = Settings.load()
        set_up_log(settings.log_format, settings.log_level)
        ended: int | None = command_line.main(
            args=arguments, prog_name=PROGRAM, standalone_mode=False
        )
        return ended

    return exit_code_of(run)


if __name__ == "__main__":
    sys.exit(main())
