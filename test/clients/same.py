"""Holds a file of predictions against what the XGBoost library says of the same rows.

Usage: same.py <S3 URI of model.tar.gz> <rows.csv, features only> <predictions>
"""

import sys
from pathlib import Path

import numpy as np

from data import numbers, reference, same

features = np.loadtxt(sys.argv[2], delimiter=",", ndmin=2)
predictions = numbers(Path(sys.argv[3]).read_text())
assert len(predictions) == len(features), f"{len(predictions)} predictions of {len(features)} rows"
same(predictions, reference(sys.argv[1], features))
