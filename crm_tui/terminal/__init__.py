"""The hardened terminal: driver, output filter, signals, idle lock."""
