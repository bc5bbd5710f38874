"""The built-in algorithm: XGBoost without a script.

XGBoost is imported here first, without scikit-learn: its wrappers, of no use to anything here, would take longer
than all the rest.
"""

import sys

if not {"xgboost", "sklearn"} & set(sys.modules):
    # As if it were not installed, and only for this import.
    sys.modules["sklearn"] = None  # type: ignore[assignment]
    try:
        import xgboost as xgboost
    finally:
        del sys.modules["sklearn"]
