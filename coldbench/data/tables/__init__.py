"""Tables in text, JSON lines or Parquet, and the plans by which ratings are made of them."""
