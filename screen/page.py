"""The Streamlit page: one component, which draws the wall from the live feed. The script runs once a visit."""

import streamlit as st

LOADER = """
export default function (component) {
  const wall = import(new URL("/screen/static/wall/wall.js", location.origin).href)
  const mounted = wall.then((module) => module.mount(component.parentElement))
  return () => { mounted.then((unmount) => unmount()) }
}
"""
"""The component's script: it takes the real one from our own route, so that every line stands in a file of ours."""

st.set_page_config(page_title="郑州市 一屏掌控 · Onescreen", page_icon="🏙", layout="wide")
st.components.v2.component("onescreen_wall", html="<div id='onescreen'></div>\n", js=LOADER)(key="wall")
