"""What stock judges are made of: conditions, limits, fields, windows, tiers."""
