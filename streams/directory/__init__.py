"""The data directory (数据目录): the catalogue as it is checked, shown, given away, compared, and published by events."""
