"""`make check`: the key table has no clash, no forbidden key and no key without a twin."""

from __future__ import annotations

import sys

from crm_tui.keys import Keymap


def main() -> int:
    """Print every fault; 1 when there is one."""
    faults = Keymap().lint()
    for fault in faults:
        print(f"key table: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
