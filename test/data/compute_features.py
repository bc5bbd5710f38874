"""Reads {"transform": folder, "batches": [[row, …], …]} and writes the features of every batch as hexadecimal doubles."""
from __future__ import annotations

import json
import math
import sys

import features


def main() -> None:
    asked = json.load(sys.stdin)
    answer = []
    for batch in asked["batches"]:
        matrix = features.compute(asked["transform"], batch)
        answer.append([[None if math.isnan(value) else value.hex() for value in row] for row in matrix.tolist()])
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
