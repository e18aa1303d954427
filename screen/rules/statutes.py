"""The law's own words beside ours: the articles in full that a clause cites, where the library of statutes is installed."""

from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from screen.access.declared_routes import Audience, LookRoute
from screen.web.json_response import json_response
from streams.statutes.cited import cited, installed

LONGEST = 400
"""Characters of the name of an edition, and of its articles."""


def routes() -> list[BaseRoute]:
    """All of them."""
    return [LookRoute("/screen/law", law, right=Audience.SIGNED_IN)]


async def law(request: Request) -> Response:
    """Whether the library is there, and the articles that `edition` and `article` cite as they read on `day` (ISO 8601)."""
    asked = request.query_params
    edition, article = asked.get("edition", ""), asked.get("article", "")
    if max(len(edition), len(article)) > LONGEST:
        return json_response({"error": f"edition and article have at most {LONGEST} characters"}, 400)
    try:
        day = date.fromisoformat(asked["day"]) if "day" in asked else date.max
    except ValueError:
        return json_response({"error": "day is no date: give it as 2026-06-01"}, 400)
    if not installed():
        return json_response({"installed": False, "articles": []}, 200)
    return json_response({"installed": True, "articles": await run_in_threadpool(cited, edition, article, day)}, 200)
