"""For every line {"transform": folder, "requests": file} a line: the file's requests' features as hexadecimal doubles."""
from __future__ import annotations

import json
import math
import sys

import features


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            with open(asked["requests"], encoding="utf-8", newline="\n") as file:
                rows = [json.loads(row) for row in file]
            matrix = features.compute(asked["transform"], rows).tolist()
            answer = {"bits": [[None if math.isnan(value) else value.hex() for value in row] for row in matrix]}
        except Exception as error:  # told to the test, which fails by it
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
