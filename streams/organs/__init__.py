"""Public bodies: which there are on a day, who may write what to whom, and who answers for a matter at a place.

Pure: bodies, rules and lists come in as data (`streams.places.organs` reads them), and no clock is asked.
"""
