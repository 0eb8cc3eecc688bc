"""The command line. Everything heavy is imported inside the command that needs it, so that help comes at once.

Exit codes: 0 all well; 1 something was quarantined; 2 wrong use or setting, nothing written; 3 the run could not finish.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

COMMANDS = {
    "run": ("flows.commands_run", "Bring OUTPUT in step with the pages in RAW."),
    "clean": ("flows.commands_page", "Print the records of one page as JSON lines."),
    "restore": ("flows.commands_page", "Give back every source, byte for byte."),
    "serve": ("flows.commands_serve", "Run by the clock, until stopped."),
    "watch": ("flows.commands_serve", "Run whenever pages arrive, until stopped."),
    "status": ("flows.commands_run", "Say what the last run left in OUTPUT."),
    "proof": ("flows.commands_proof", "Write the visual proof of OUTPUT."),
    "explain": ("flows.commands_proof", "Say why a record is as it is."),
    "collate": ("flows.commands_proof", "Compare the corpus with reference copies."),
}


class Lazy(click.Group):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, what) in COMMANDS.items()])


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from qingyang import __version__

        click.echo(f"qingyang {__version__}")
        ctx.exit()


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def cli() -> None:
    """Pulls clean proofs (清样) of Chinese newspaper pages: one record per article, nothing lost, nothing invented."""


def main(arguments: list[str] | None = None) -> None:
    """The ``qingyang`` command."""
    from qingyang.records import QingyangError, RuleError, SettingError
    from tasks.quiet import one_thread

    one_thread()
    try:
        code: Any = cli.main(args=arguments, prog_name="qingyang", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        click.echo("stopped", err=True)
        code = 130
    except BrokenPipeError:
        _drop_output()
        code = 0
    except (SettingError, RuleError) as error:
        click.echo(f"qingyang: {error}", err=True)
        code = 2
    except (QingyangError, OSError) as error:
        click.echo(f"qingyang: {explain(error)}", err=True)
        code = 3
    except Exception as error:
        import traceback

        where = "".join(traceback.format_exception(error, limit=-5, chain=False))
        click.echo(f"{where}qingyang: a defect of ours, please report it with the lines above", err=True)
        code = 3
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
    sys.exit(code if isinstance(code, int) else 0)


def explain(error: BaseException) -> str:
    """An error of the machine in a sentence that helps.

    >>> explain(OSError(28, "No space left on device", "output/words.jsonl"))
    'output/words.jsonl: the disk is full; nothing half-written is left, make room and run again'
    """
    if isinstance(error, OSError):
        import errno

        where = f"{error.filename}: " if error.filename else ""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"{where}the disk is full; nothing half-written is left, make room and run again"
        return f"{where}{error.strerror or error}"
    return str(error)


def _drop_output() -> None:
    """The reader of our output is gone: that is its right, and no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
