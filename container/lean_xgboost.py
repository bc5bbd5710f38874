"""XGBoost without scikit-learn and pandas, which it imports for wrappers that our code never calls.

So it is there in a third of the time: a container trains, or answers, more than a second sooner.
"""

from __future__ import annotations

import sys
from typing import Any

# XGBoost asks for each, and does without it where it is not installed.
OPTIONAL = ("sklearn", "pandas")


def lean_xgboost() -> Any:
    """The module as somebody has imported it before, else without the optional libraries.

    These are hidden only meanwhile: call it before there are other threads that import.
    """
    if "xgboost" not in sys.modules:
        hidden = [name for name in OPTIONAL if name not in sys.modules]
        # An entry of None makes an import fail as if the library were not installed.
        sys.modules.update(dict.fromkeys(hidden))
        try:
            import xgboost

            xgboost.lean = True
        finally:
            for name in hidden:
                del sys.modules[name]
    return sys.modules["xgboost"]


def forget_lean_xgboost() -> None:
    """Lets the next import bring all of XGBoost; what was made with the lean one stays usable."""
    if getattr(sys.modules.get("xgboost"), "lean", False):
        for name in [name for name in sys.modules if name.partition(".")[0] == "xgboost"]:
            del sys.modules[name]
