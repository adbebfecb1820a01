"""The one error that users see: something is wrong with what they gave us, and here is what to do."""

from __future__ import annotations

from typing import Any


class BadInput(ValueError):
    """Input that cannot be used, said in one sentence that tells what to do.

    Attributes:
        key: message key, so that the page can say it in the visitor's language.
        values: what fills the placeholders of the message.

    ``str(error)`` is the English sentence, which the command line and Python users read.
    """

    def __init__(self, message: str, key: str, **values: Any) -> None:
        super().__init__(message)
        self.key = key
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies between processes keep sentence, key and values, whatever a subclass takes."""
        return _again, (str(self), self.key, self.values)


def _again(message: str, key: str, values: dict[str, Any]) -> BadInput:
    return BadInput(message, key, **values)
