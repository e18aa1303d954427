"""Weights that come of judgements of pairs (AHP): the principal eigenvector of the matrix, and how consistent it is. Pure.

Saaty (1980), The Analytic Hierarchy Process: consistency index (λ − n) / (n − 1) over that of random matrices, below 0.1.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

RANDOM = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
"""The mean consistency index of random matrices of 1 to 10 rows (Saaty 1980)."""

MOST_RATIO = 0.1
"""The consistency ratio that a matrix must stay below (Saaty 1980; data.md 56)."""

ROUNDED = 0.5
"""By how much (%) a written weight may differ from that of the matrix: rounding to whole numbers."""

_RECIPROCAL = 0.01
_STEPS = 1_000

Matrix = Sequence[Sequence[str | float]]


def numbers(matrix: Matrix) -> list[list[float]]:
    """The numbers of a matrix, fractions as `"1/3"` too; ValueError of what is none."""
    try:
        return [[float(Fraction(each)) if isinstance(each, str) else float(each) for each in row] for row in matrix]
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise ValueError(f'a judgement is a number above 0 or a fraction such as "1/3": {error}') from None


def priorities(rows: Sequence[Sequence[float]]) -> tuple[list[float], float]:
    """The weights (%) of a positive matrix and its consistency ratio."""
    size = len(rows)
    weights = [1 / size] * size
    for _ in range(_STEPS):
        times = [sum(each * weight for each, weight in zip(row, weights, strict=True)) for row in rows]
        total = sum(times)
        nearer = [each / total for each in times]
        if max(abs(a - b) for a, b in zip(nearer, weights, strict=True)) < 1e-14:
            break
        weights = nearer
    products = [sum(each * weight for each, weight in zip(row, weights, strict=True)) for row in rows]
    largest = sum(product / weight for product, weight in zip(products, weights, strict=True)) / size
    ratio = (largest - size) / (size - 1) / RANDOM[size - 1] if size > 2 else 0.0
    return [100 * each for each in weights], ratio


def matrix_wrongs(matrix: Matrix, weights: Sequence[float]) -> Iterator[str]:
    """What is wrong with a matrix of judgements of which these weights (%) are said to come."""
    try:
        rows = numbers(matrix)
    except ValueError as error:
        yield str(error)
        return
    size = len(weights)
    if len(rows) != size or any(len(row) != size for row in rows) or not 1 <= size <= len(RANDOM):
        yield f"a matrix of judgements has a row and a column for each of the {size} weighted indicators, at most {len(RANDOM)}"
        return
    if any(each <= 0 for row in rows for each in row):
        yield "judgements are numbers above 0"
        return
    if any(abs(rows[a][b] * rows[b][a] - 1) > _RECIPROCAL for a in range(size) for b in range(size)):
        yield "a judgement of a pair is the inverse of that of the pair turned round, and 1 of what is paired with itself"
        return
    found, ratio = priorities(rows)
    if ratio >= MOST_RATIO:
        yield f"its judgements contradict each other: consistency ratio {ratio:.3f}, which must be below {MOST_RATIO} (Saaty)"
    elif any(abs(a - b) > ROUNDED for a, b in zip(found, weights, strict=True)):
        yield f"its weights are {', '.join(f'{each:.1f}' for each in found)}, not {', '.join(f'{each:g}' for each in weights)}"
