"""The Streamlit pages: one component each, which draws itself from the live feed. The script runs once a visit."""

from functools import partial

import streamlit as st

from screen.web.pages import PAGES
from screen.web.version import versioned
from streams.places import here, place

LOADER = """
export default function (component) {{
  const page = import(new URL("{base}/{name}/{name}.js", location.origin).href)
  const mounted = page.then((module) => module.mount(component.parentElement))
  return () => {{ mounted.then((unmount) => unmount()) }}
}}
"""
"""A component's script: it takes the real one from our own route, so that every line stands in a file of ours."""


def show(name: str) -> None:
    """Show the page of this name."""
    st.components.v2.component(
        f"onescreen_{name}", html="<div class='onescreen'></div>\n", js=LOADER.format(base=versioned(), name=name)
    )(key=name)


CITY = f"{place(here()).name.zh} 一屏掌控"

st.set_page_config(page_title=f"{CITY} · Onescreen", page_icon="🏙", layout="wide")
pages = [
    st.Page(partial(show, page.name), title=f"{CITY} · {page.zh}", url_path=page.name, default=page is PAGES[0])
    for page in PAGES
]
st.navigation(pages, position="hidden").run()
