"""Trust in a log: what is signed and by whom, byte for byte (docs/develop/signing.md).

Everything but `machine` is pure; everything but `verify`, `sign` and `machine` rests on msgspec and the standard library,
so that whoever judges may import it and be given `verify`.
"""
