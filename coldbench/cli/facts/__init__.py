"""What commands know before they print it: plain values with stable keys, which `--json` writes."""
