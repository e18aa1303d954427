/* The funnel of the units of one kind: exact binomial limits around a target or their common share; each point opens its cases. */

import { el, svg } from "../../common/dom.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { limitPath, scales, ticks } from "./geometry.js"

/** Units of the drawing, as of its view box. */
const [WIDE, HIGH] = [540, 236]

/** Bands in which a unit stands out: beyond 99.8 %, and beyond 95 %. */
const FAR = new Set(["far-worse", "far-better"])
const NEAR = new Set(["worse", "better"])

/**
 * A share in percent.
 * @param {number | null} share
 */
export const percent = (share) => (share === null ? "—" : (100 * share).toFixed(1))

/**
 * What a unit's point says.
 * @param {Sent.UnitBeside} row
 * @param {Record<string, Sent.Both>} bands
 */
export function pointWords({ name, count, of, share, band, limits }, bands) {
  const within = limits ? ` · ${t("oversight.limits_95")} ${limits.warning[0]}–${limits.warning[1]}, ${t("oversight.limits_998")} ${limits.alarm[0]}–${limits.alarm[1]}` : ""
  return `${words.pick(name)} ${words.number(count)} / ${words.number(of)} · ${percent(share)} % · ${words.pick(bands[band])}${within}`
}

/**
 * @param {Sent.KindBeside} kind
 * @param {Sent.UnitBeside[]} rows of this kind
 * @param {Record<string, Sent.Both>} bands
 * @param {(row: Sent.UnitBeside) => void} open
 */
export function funnel(kind, rows, bands, open) {
  const to = scales(rows, kind, WIDE, HIGH)
  const node = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "funnel", role: "group", "aria-label": `${t("oversight.funnel")} ${words.pick(kind.title)}` })
  const text = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ said, /** @type {string} */ anchor) => svg("text", { x, y, "text-anchor": anchor, class: "axis" }, said)
  for (const share of ticks(to.low, to.top, 4)) {
    node.append(svg("path", { d: `M40 ${to.y(share)}H${WIDE - 10}`, stroke: "var(--line)" }), text(35, to.y(share) + 4, String(Number((100 * share).toFixed(1))), "end"))
  }
  for (const of of ticks(0, to.most, 5)) node.append(text(to.x(of), HIGH - 6, String(of), "middle"))
  if (kind.centre !== null) node.append(svg("path", { d: `M40 ${to.y(kind.centre)}H${WIDE - 10}`, class: "centre" }))
  for (const end of /** @type {const} */ ([0, 1])) {
    node.append(svg("path", { d: limitPath(kind.curve, "alarm", end, to), class: "limit alarm" }), svg("path", { d: limitPath(kind.curve, "warning", end, to), class: "limit warning" }))
  }
  const drawn = rows.filter(({ of }) => of > 0).sort((a, b) => Number(FAR.has(a.band)) - Number(FAR.has(b.band)))
  node.append(...drawn.map((row) => point(row, bands, to, () => open(row))))
  const around = t(kind.around === "target" ? "oversight.around_target" : "oversight.around_common")
  const over = kind.over && kind.phi !== null ? ` · ${t("oversight.over_phi").replace("{}", kind.phi.toFixed(2))}` : ""
  const said = kind.curve.length ? `${around} ${percent(kind.centre)} % · ${t("oversight.funnel_key")}${over}` : t("oversight.no_centre")
  return el("figure", "fun", node, el("figcaption", "", said))
}

/**
 * @param {Sent.UnitBeside} row
 * @param {Record<string, Sent.Both>} bands
 * @param {ReturnType<typeof scales>} to
 * @param {() => void} open
 */
function point(row, bands, { x, y }, open) {
  const [across, down] = [x(row.of), y(row.share ?? 0)]
  const said = pointWords(row, bands)
  const node = svg("g", { class: `point ${row.band}`, tabindex: 0, role: "button", "aria-label": said }, svg("title", {}, said), svg("circle", { cx: across, cy: down, r: 11, class: "touch" }))
  if (FAR.has(row.band)) node.append(svg("path", { d: row.band === "far-worse" ? `M${across} ${down - 7}l7 12h-14z` : `M${across - 5} ${down - 5}h10v10h-10z` }), label(row, across, down))
  else node.append(svg("circle", { cx: across, cy: down, r: NEAR.has(row.band) ? 5 : 4 }))
  node.addEventListener("click", open)
  node.addEventListener("keydown", (event) => {
    if (/** @type {KeyboardEvent} */ (event).key !== "Enter" && /** @type {KeyboardEvent} */ (event).key !== " ") return
    event.preventDefault()
    event.stopPropagation()
    open()
  })
  return node
}

/**
 * @param {Sent.UnitBeside} row
 * @param {number} across
 * @param {number} down
 */
function label({ name }, across, down) {
  const left = across > WIDE * 0.6
  return svg("text", { x: across + (left ? -11 : 11), y: down + 5, "text-anchor": left ? "end" : "start", class: "named" }, words.pick(name))
}
