/* A sign's 24 hours drawn: the band behind, limits thin and dashed, the line; of it only what is past the limit has a colour. */

import { svg } from "../../common/dom.js"
import { SHAPE } from "../../common/marks.js"
import { bands, hours, past, path, pieces, scale, stopped, HOURS } from "./plot.js"
import { isOut, limitText, stateOf } from "./reading.js"

/** Pixels of a limit's shape and between its line and what is written. */
const [MARK, ASIDE] = [14, 10]

/**
 * @param {Sent.SignFigure | null} found
 * @param {Pick<Sent.SignAbout, "better" | "unit">} about
 * @param {Sent.SignLimit[]} limits those that are drawn
 * @param {{ width: number, height: number, gutter: number, time: boolean, id: string }} how `gutter`: pixels for what is written of the limits
 */
export function chart(found, about, limits, { width, height, gutter, time, id }) {
  const drawn = found ?? { value: null, trend: [], band: [], at: 0 }
  const plot = width - gutter
  const at = scale(drawn, limits.map(({ value }) => value), plot, height)
  const state = stateOf(found)
  const line = pieces(drawn)
  const tall = height + (time ? 26 : 0)
  const node = svg("svg", { width, height: tall, viewBox: `0 0 ${width} ${tall}`, class: "chart" })
  for (const d of bands(drawn.band, at)) node.append(svg("path", { d, fill: "var(--band)" }))
  node.append(...axis(drawn.at, plot, height, at, time))
  for (const limit of limits) node.append(...limitLine(limit, about, state, plot, width, at))
  for (const piece of line) node.append(svg("path", { d: path(piece, at), fill: "none", stroke: "var(--data)", "stroke-width": 2.4, "stroke-linejoin": "round", "stroke-linecap": "round" }))
  const reached = isOut(state) ? limits.find(({ severity }) => severity === state) : undefined
  if (reached) {
    const over = past(line, reached.value, about.better)
    if (over.length) node.append(svg("path", { d: path(over, at), fill: "none", stroke: `var(--${state})`, "stroke-width": 3.2, "stroke-linejoin": "round", "stroke-linecap": "round" }))
  }
  const from = stopped(drawn)
  if (from !== null) node.append(...hatch(at.x(Math.min(from, HOURS)), plot, height, id))
  else if (drawn.value !== null) node.append(svg("circle", { cx: plot, cy: at.y(drawn.value), r: 4.5, fill: isOut(state) ? `var(--${state})` : "var(--ink-1)" }))
  return node
}

/**
 * The line of the hours, midnight as a hairline, and where there is room the hours in words.
 * @param {number} end
 * @param {number} width
 * @param {number} height
 * @param {import("./plot.js").Scale} at
 * @param {boolean} time
 */
function axis(end, width, height, at, time) {
  const there = end ? hours(end) : []
  const ticks = there.map(({ hour }) => `M${at.x(hour)} ${height}v4`).join("")
  const night = there.find(({ name }) => name === "00")
  return [
    ...(night ? [svg("path", { d: `M${at.x(night.hour)} 0V${height}`, stroke: "var(--line)", "stroke-width": 1 })] : []),
    svg("path", { d: `M0 ${height}H${width}${ticks}`, stroke: "var(--axis)", "stroke-width": 1 }),
    ...(time ? there.filter(({ hour }) => hour > 1).map(({ hour, name }) => label(at.x(hour), height + 24, name, "middle", "var(--ink-3)")) : []),
  ]
}

/**
 * @param {Sent.SignLimit} limit
 * @param {Pick<Sent.SignAbout, "better" | "unit">} about
 * @param {Sent.SignState} state
 * @param {number} plot
 * @param {number} width
 * @param {import("./plot.js").Scale} at
 */
function limitLine({ severity, value }, about, state, plot, width, at) {
  const colour = severity === state ? `var(--${severity})` : "var(--ink-3)"
  const y = at.y(value)
  const mark = svg("g", { transform: `translate(${plot + ASIDE} ${y - MARK / 2}) scale(${MARK / 24})` }, svg("path", { d: SHAPE[severity], fill: "none", stroke: colour, "stroke-width": 3.2 }))
  return [svg("path", { d: `M0 ${y}H${plot + 4}`, stroke: colour, "stroke-width": 1.5, "stroke-dasharray": "2 4" }), mark, label(width, y + 6.5, limitText(value, about), "end", colour)]
}

/**
 * The hours of which nothing is known.
 * @param {number} x
 * @param {number} width
 * @param {number} height
 * @param {string} id
 */
function hatch(x, width, height, id) {
  const pattern = svg("pattern", { id, width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, svg("path", { d: "M0 0V9", stroke: "var(--axis)", "stroke-width": 2.4 }))
  const where = { x, y: 0, width: Math.max(0, width - x), height }
  return [svg("defs", {}, pattern), svg("rect", { ...where, fill: "var(--bg-0)" }), svg("rect", { ...where, fill: `url(#${id})` })]
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {string} anchor
 * @param {string} colour
 */
function label(x, y, text, anchor, colour) {
  const node = svg("text", { x, y, "text-anchor": anchor, "font-size": 18 }, text)
  node.style.fill = colour
  return node
}
