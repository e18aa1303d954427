"""What signs were over a past time, from an archive: hour by hour, how often they called, how often others would have."""
