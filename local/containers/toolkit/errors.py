"""Errors that are the customer's to mend; everything else is a framework error."""

from __future__ import annotations


class ClientError(Exception):
    """Its text goes into output/failure as it is."""


class UserError(ClientError):
    """What the built-in algorithm refuses; told as AWS tells it."""

    def __str__(self) -> str:
        return f"Customer Error: {super().__str__()}"


class CalledProcessError(ClientError):
    """A command of the customer's that failed."""

    def __init__(self, command: list[str], code: int, message: str) -> None:
        super().__init__(message)
        self.command = command
        self.code = code

    def __str__(self) -> str:
        return (
            f'{type(self).__name__}:\nExitCode {self.code}\nErrorMessage "{super().__str__()}"\n'
            f'Command "{" ".join(self.command)}"'
        )


class ExecuteUserScriptError(CalledProcessError):
    """The script ended with another exit code than 0."""


class InstallRequirementsError(CalledProcessError):
    """pip could not install what requirements.txt asks for."""
