"""A customer's functions as the inference toolkit calls them.

model_fn once; a request: transform_fn, or input_fn, predict_fn and output_fn.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from .errors import ClientError

DEFAULT_ACCEPT = "application/json"
# The toolkit gives scripts these as text.
TEXT_TYPES = ("application/json", "text/csv")


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    body: bytes


class Context:
    """What a function that takes one parameter more is given; one a request."""

    def __init__(self) -> None:
        self.status = int(HTTPStatus.OK)

    def set_response_status(self, code: int = 200, phrase: str = "", idx: int = 0) -> None:
        self.status = code


class Handlers:
    def __init__(self, functions: Mapping[str, Any]) -> None:
        self._model_fn = functions.get("model_fn")
        self._transform_fn = functions.get("transform_fn")
        self._parts = {name: functions.get(name) for name in ("input_fn", "predict_fn", "output_fn")}
        self._model: Any = None
        if self._model_fn is None:
            raise ClientError("the script has no model_fn; define model_fn(model_dir)")
        if self._transform_fn and any(self._parts.values()):
            raise ClientError(
                "the script has transform_fn and one of input_fn, predict_fn, output_fn; use one way only"
            )
        if not self._transform_fn and not self._parts["predict_fn"]:
            raise ClientError("the script has neither transform_fn nor predict_fn; define one")

    @staticmethod
    def of_module(name: str, defaults: Mapping[str, Any]) -> Handlers:
        """The functions of a script; `defaults` stand in for input_fn, predict_fn and output_fn."""
        functions = vars(importlib.import_module(name))
        return Handlers({**({} if "transform_fn" in functions else defaults), **functions})

    @staticmethod
    def of_functions(functions: Mapping[str, Any]) -> Handlers:
        return Handlers(functions)

    def load(self, model_dir: str) -> None:
        self._model = _call(self._model_fn, Context(), model_dir)

    def answer(self, body: bytes, content_type: str, accept: str) -> Answer:
        """The script's answer; an error has the status that it carries, else 500. Threads may share it."""
        context = Context()
        accept = accept if accept and accept != "*/*" else DEFAULT_ACCEPT
        try:
            result = self._transform(_body(body, content_type), content_type, accept, context)
        except Exception as error:
            status = getattr(error, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
            if status >= 500:
                traceback.print_exc()
                sys.stderr.flush()
            return Answer(int(status), *_error_body(error))
        content, kind = result if isinstance(result, tuple) else (result, accept)
        return Answer(context.status, kind, _bytes(content))

    def _transform(self, body: Any, content_type: str, accept: str, context: Context) -> Any:
        if self._transform_fn:
            return _call(self._transform_fn, context, self._model, body, content_type, accept)
        data = _call(self._parts["input_fn"] or _default_input, context, body, content_type)
        prediction = _call(self._parts["predict_fn"], context, data, self._model)
        return _call(self._parts["output_fn"] or _default_output, context, prediction, accept)


def _call(function: Callable[..., Any] | None, context: Context, *arguments: Any) -> Any:
    """A function that takes one more than its arguments gets the context."""
    assert function
    takes = len(inspect.signature(function).parameters)
    return function(*arguments, context) if takes == len(arguments) + 1 else function(*arguments)


def _body(body: bytes, content_type: str) -> str | bytes:
    if content_type.split(";")[0].strip().lower() not in TEXT_TYPES:
        return body
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body


def _error_body(error: Exception) -> tuple[str, bytes]:
    words = getattr(error, "message", None) or f"{type(error).__name__}: {error}"
    try:
        json.loads(words)
        return "application/json", words.encode()
    except ValueError:
        return "application/json", json.dumps({"error": {"message": words}}).encode()


def _default_input(body: str | bytes, content_type: str) -> Any:
    if content_type.split(";")[0].strip() != "application/json":
        raise TypeError(f"content type {content_type} is not supported; define input_fn")
    return json.loads(body)


def _default_output(prediction: Any, accept: str) -> Any:
    if accept != "application/json":
        raise TypeError(f"accept type {accept} is not supported; define output_fn")
    plain = prediction.tolist() if hasattr(prediction, "tolist") else prediction
    return json.dumps(plain)


def _bytes(content: Any) -> bytes:
    return content.encode() if isinstance(content, str) else bytes(content)
