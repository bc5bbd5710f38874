"""A customer's own Python files: the folder `user` beside ours, and the module in it that has `fit`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from lean_xgboost import forget_lean_xgboost

FOLDER = "user"
# The name under which the script's classes are pickled, wherever the script lies.
MODULE = "user_script"


class UnusableScript(Exception):
    """What is wrong with the files, as a sentence that names the mend."""


def load_script(code: Path, script: str) -> ModuleType:
    """The module at `script` in the folder `user` of `code`; what lies beside it can be imported.

    Raises `UnusableScript`, and whatever the module's own code raises.
    """
    folder = (code / FOLDER).resolve()
    path = (folder / script).resolve()
    if not path.is_relative_to(folder) or path.suffix != ".py" or not path.is_file():
        raise UnusableScript(f"there is no {script} among your files; name a Python file beside the plan")
    places = [path.parent, *([folder] if path.parent != folder else [])]
    _refuse_our_names(code, places, path)
    # Behind our own folder, which comes first, and before the libraries.
    sys.path[1:1] = [str(place) for place in places if str(place) not in sys.path]
    # Its own code may want XGBoost's wrappers.
    forget_lean_xgboost()
    spec = importlib.util.spec_from_file_location(MODULE, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    spec.loader.exec_module(module)
    return module


def user_files(code: Path) -> list[Path]:
    """Relative to `code`, by name; caches and hidden files are none."""
    folder = code / FOLDER
    files = (file.relative_to(code) for file in folder.rglob("*") if file.is_file())
    return sorted(f for f in files if not any(p.startswith(".") or p == "__pycache__" for p in f.parts))


def _refuse_our_names(code: Path, places: list[Path], script: Path) -> None:
    """The script itself is taken from where it lies, and may be called `train.py`."""
    ours = {file.stem for file in code.glob("*.py")} | {MODULE}
    for place in places:
        for entry in sorted(place.iterdir()):
            importable = entry.is_dir() or entry.suffix == ".py"
            if entry != script and importable and entry.stem in ours and _imported_by_name(entry):
                raise UnusableScript(
                    f"{entry.name} has the name of one of Perennial's own modules; call it something else"
                )


def _imported_by_name(entry: Path) -> bool:
    return entry.is_file() or any(entry.rglob("*.py"))
