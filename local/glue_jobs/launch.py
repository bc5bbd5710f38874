"""Runs a job's script as `python script.py` would, and leaves a word about the exception that ended it.

Usage: launch.py <report> <script> [arguments]. It runs in the job's own process: nothing but the standard
library.
"""

import json
import os
import sys
import traceback
import types


def main(report, script, *arguments):
    """The exit code."""
    sys.argv = [script, *arguments]
    # The folder of this file is the server's.
    sys.path[0] = os.path.dirname(script)
    module = types.ModuleType("__main__")
    module.__file__ = script
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    try:
        with open(script, "rb") as source:
            code = compile(source.read(), script, "exec")
        exec(code, module.__dict__)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF
        print(end.code, file=sys.stderr)
        return 1
    except BaseException as error:
        tell(error, report, script)
        return 1
    return 0


def tell(error, report, script):
    # The first frame is ours.
    error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
    traceback.print_exception(type(error), error, error.__traceback__)
    frames = traceback.walk_tb(error.__traceback__)
    lines = [line for frame, line in frames if frame.f_code.co_filename == script]
    last = traceback.format_exception_only(type(error), error)
    text = " ".join(part.strip() for part in "".join(last[-1:]).splitlines()[:3])
    line = lines[-1] if lines else getattr(error, "lineno", None)
    with open(report, "w") as file:
        json.dump({"text": text, "line": line if line is not None else "N/A"}, file)


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.exit(code)
