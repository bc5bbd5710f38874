"""Reference values that are kept beside the script that computes them."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any


def run(kept: Path, values: Any, arguments: list[str]) -> int:
    """Writes the values, or with --check compares them with what is kept."""
    found = json.loads(json.dumps(values))
    if "--check" not in arguments:
        kept.write_text(json.dumps(found) + "\n")
        print(f"wrote {kept.name}")
        return 0
    if same(json.loads(kept.read_text()), found):
        print(f"{kept.name} is what scikit-learn, numpy and scipy say")
        return 0
    print(f"{kept.name} differs from what scikit-learn, numpy and scipy say", file=sys.stderr)
    return 1


def same(kept: Any, found: Any) -> bool:
    """Equal, numbers to 1e-12 (another build of numpy may sum in another order)."""
    if isinstance(kept, dict) and isinstance(found, dict):
        return kept.keys() == found.keys() and all(same(kept[key], found[key]) for key in kept)
    if isinstance(kept, list) and isinstance(found, list):
        return len(kept) == len(found) and all(same(a, b) for a, b in zip(kept, found))
    if isinstance(kept, (int, float)) and isinstance(found, (int, float)):
        return math.isclose(kept, found, rel_tol=1e-12, abs_tol=1e-15)
    return bool(kept == found)
