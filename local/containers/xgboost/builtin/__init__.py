"""The built-in algorithm: XGBoost without a script."""
