"""Measures that are not counted case by case: of alarms, of what came back, of calls by the hour, of sources of data."""
