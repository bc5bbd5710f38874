"""What the libraries themselves say, in the laptop's environment: predictions of a saved XGBoost model.

Usage: reference.py <model.tar.gz> <rows.csv, features only>; prints a list of numbers.
"""

import json
import sys
import tarfile

import numpy as np

# Of no use here, and what takes longest of importing XGBoost.
sys.modules["sklearn"] = None
import xgboost  # noqa: E402

with tarfile.open(sys.argv[1]) as archive:
    model = archive.extractfile("xgboost-model").read()
booster = xgboost.Booster()
booster.load_model(bytearray(model))
rows = np.loadtxt(sys.argv[2], delimiter=",", ndmin=2)
print(json.dumps(booster.predict(xgboost.DMatrix(rows)).tolist()))
