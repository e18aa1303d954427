"""Real hours of air stations, through import and archive, give the sign of the city's air that pandas gives."""

from pathlib import Path

import pandas as pd
import pytest

from agents.signs.book.read import sign_book
from agents.signs.command import read_archive
from agents.signs.figures import figure
from streams.archive import files
from streams.gateways.files import main
from tests.realuse.peer import air_rows, city_hours
from tests.support.shared import STAND_IN, air

LEAST = {STAND_IN: 10, "郑州": 100, "洛阳": 100}
"""So many full hours are compared at least."""

AREA = {"洛阳": "410300"}
"""The city whose stations they are, where it is not Zhengzhou."""


@pytest.mark.parametrize("city", [STAND_IN, "郑州", "洛阳"])
def test_the_city_s_air_is_what_pandas_reckons(city: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """At each full hour of the file: how many stations have an hour, of how many, and the index of their mean."""
    area = AREA.get(city, "410100")
    assert main([str(air(city)), "--stdout", "--tick", "600", "--region", area]) == 0
    chunk = files.Chunk(0.0)
    for offset, line in enumerate(capfdbinary.readouterr().out.splitlines()):
        chunk.add(offset, 0, b"", line)
    files.write(tmp_path, "history.events.environment", 0, chunk)
    rows = air_rows(air(city))
    hours = rows[~rows["strange"]].drop_duplicates(["at", "WatchPoint"]).sort_values("at", kind="stable")
    expected = city_hours(hours)
    book = {"city-air": sign_book()["city-air"]}
    moments = [int(at.tz_localize("Asia/Shanghai").timestamp() * 1000) for at in expected["at"]]
    parts = read_archive(book, tmp_path, moments[0])
    found = [figure("city-air", book["city-air"], parts, area, at) for at in moments]
    own = pd.DataFrame([(each.valid, each.due, each.value) for each in found], columns=["valid", "due", "aqi"])
    assert len(own) >= LEAST[city]
    pd.testing.assert_frame_equal(own, expected[["valid", "due", "aqi"]], check_dtype=False)
