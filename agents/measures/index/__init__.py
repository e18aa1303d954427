"""The index (评估指标体系): a weighted table of measures by a place's own 考核办法, as data, and its scores. Pure."""
