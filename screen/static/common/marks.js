/* One glyph: severity is shape and colour; state is filled (B), outline with a dot (D), outline (C); a bar below is after the fact. */

import { svg } from "./dom.js"
import { t } from "./words.js"

/** @type {Sent.Severity[]} */
export const SEVERITIES = ["red", "orange", "yellow", "blue"]

/** The shape of each severity in a square of 24. */
export const SHAPE = {
  red: "M4 4H20V20H4Z",
  orange: "M12 3L21.6 20H2.4Z",
  yellow: "M12 2L22 12L12 22L2 12Z",
  blue: "M12 3.6A8.4 8.4 0 1 1 12 20.4A8.4 8.4 0 1 1 12 3.6Z",
}

/**
 * The glyph as an SVG element; `quiet` draws it in the colour of a hairline, for a count of nothing; `halo` keeps it off the land of a map.
 * @param {Sent.Severity} severity
 * @param {{ state?: string, phase?: Sent.Phase, size?: number, quiet?: boolean, halo?: boolean }} [look]
 */
export function glyph(severity, { state = "B", phase = "in-process", size = 20, quiet = false, halo = false } = {}) {
  const colour = quiet ? "var(--line)" : `var(--${severity})`
  const bar = phase === "post-event"
  const filled = state === "B"
  const node = frame(severity, state, size, bar)
  if (halo) node.append(...around(severity, bar))
  const body = { d: SHAPE[severity], stroke: colour, "stroke-linejoin": "round" }
  node.append(svg("path", { ...body, fill: filled ? colour : "none", "stroke-width": filled ? 0 : 2.6 }))
  if (state === "D") node.append(svg("circle", { cx: 12, cy: severity === "orange" ? 14.2 : 12, r: 3, fill: colour }))
  if (bar) node.append(svg("path", { d: "M2.5 25.5H21.5", stroke: colour, "stroke-width": 3.2 }))
  return node
}

/**
 * The glyph of an alert: filled or dotted while somebody must acknowledge it, else an outline.
 * @param {{ severity: Sent.Severity, state: string, phase: Sent.Phase }} alert
 * @param {number} size
 */
export const glyphOf = ({ severity, state, phase }, size) => glyph(severity, { state: "BD".includes(state[0]) ? state[0] : "C", phase, size })

/**
 * The empty drawing of a glyph, a little taller where there is a bar.
 * @param {Sent.Severity} severity
 * @param {string} state
 * @param {number} size
 * @param {boolean} bar
 */
function frame(severity, state, size, bar) {
  const named = { role: "img", "aria-label": t(`severity.${severity}`) }
  return svg("svg", { width: size, height: size * (bar ? 28 / 24 : 1), viewBox: `0 0 24 ${bar ? 28 : 24}`, class: `glyph ${state} ${severity}`, ...named })
}

/**
 * What keeps a glyph off the land: its outline in the colour of the ground.
 * @param {Sent.Severity} severity
 * @param {boolean} bar
 */
function around(severity, bar) {
  const look = { stroke: "var(--bg-0)", "stroke-width": 7, "stroke-linejoin": "round" }
  return [svg("path", { ...look, d: SHAPE[severity], fill: "var(--bg-0)" }), ...(bar ? [svg("path", { ...look, d: "M1 25.5H23" })] : [])]
}
