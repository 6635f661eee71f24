"""Speed and size beside other programs: `python -m benchmarks [AREA …]`, `make bench`."""
