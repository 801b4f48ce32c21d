"""How fast coldbench is on this machine: `python -m benchmarks`, explained in docs/speed.md."""
