/* One sign in its place: name and seal, the worst district, value with arrow over unit, coverage with its floor, age, chart, its alert. */

import { bureau } from "../../common/alert/alert.js"
import { button, change, el, say, svg } from "../../common/dom.js"
import { glyphOf } from "../../common/marks.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { chart } from "./chart.js"
import { ageOf, arrow, covered, figure, isOut, nearest, seal, shownUnit, shownValue, stateOf, whyNot, worst } from "./reading.js"

const [WIDE, TALL] = [260, 76]
/** Room beside a chart for what is written of its limits. */
const GUTTER = 84
const COVER = 170
/** Characters of a value from which it is written smaller. */
const LONG = 5

/** Degrees by which an arrow is turned. */
const TURN = { "-2": 45, "-1": 24, 0: 0, 1: -24, 2: -45 }

/** @typedef {{ signs: Sent.Signs, book: Record<string, Sent.SignAbout>, now: number | null, stale: boolean }} Known */

export class Cell {
  /** @type {string} */
  key

  /**
   * `place`: from 0, in rows of `columns`; `open(place)` is called when somebody presses it.
   * @param {number} place
   * @param {(place: number) => void} open
   */
  constructor(place, open) {
    this.place = place
    this.mark = el("span", "mark")
    this.name = el("b")
    this.seal = el("span", "pv")
    this.worst = el("span", "w")
    this.value = el("span", "figure")
    this.arrow = el("span", "arrow")
    this.unit = el("span", "unit")
    this.cover = el("div", "cb")
    this.said = el("b")
    this.old = el("b")
    this.covered = el("div", "c", t("signs.cover"), this.said, " · ", this.old)
    this.chart = el("div", "ch")
    this.slot = el("div", "sl")
    const inside = el("div", "in", el("div", "n", this.mark, this.name, this.seal, this.worst), el("div", "v", this.value, el("i", "", this.arrow, this.unit)), this.cover, this.covered, this.chart, this.slot)
    this.node = button("sg", () => open(place))
    this.node.append(inside)
  }

  /**
   * @param {Known} known
   * @param {{ columns: number, last: boolean, chosen: boolean }} how `last`: it stands in the last row
   */
  show(known, { columns, last, chosen }) {
    const row = known.signs.rows[this.place]
    this.node.hidden = !row
    if (!row) return
    this.node.style.left = `${(this.place % columns) * 474}px`
    this.node.style.top = `${Math.floor(this.place / columns) * 180}px`
    const about = known.book[row.id]
    say(this.old, ageOf(row.figure, known.stale ? null : known.now))
    const key = JSON.stringify([row, about, known.signs.parts.map(({ figures }) => figures[this.place]), columns, last, known.stale])
    if (key !== this.key) {
      this.key = key
      this.draw(row, about, known.signs, last)
    }
    this.node.classList.toggle("on", chosen)
  }

  /**
   * @param {Sent.SignRow} row
   * @param {Sent.SignAbout | undefined} about
   * @param {Sent.Signs} signs
   * @param {boolean} last
   */
  draw(row, about, signs, last) {
    const state = stateOf(row.figure)
    this.node.className = `sg ${isOut(state) ? `bad ${state}` : state}`
    this.node.dataset.sign = row.id
    this.node.dataset.state = state
    const name = about ? words.pick(about.name) : row.id
    say(this.name, name)
    change(this.mark, ...(isOut(state) ? [stateGlyph(state, row.alert, 22)] : []))
    showSeal(this.seal, about)
    this.number(row.figure, about?.unit ?? "")
    say(this.said, row.figure ? covered(row.figure) : "—")
    change(this.cover, ...(row.figure && row.figure.due !== null ? [bar(row.figure, about?.floor ?? null)] : []))
    if (about) this.picture(row, about, signs, last)
    change(this.slot, ...below(row, about))
    const how = isOut(state) ? `${t("signs.state_out")} ${t(`severity.${state}`)}` : t(`signs.state_${state}`)
    this.node.ariaLabel = `${name} ${this.value.textContent} ${this.unit.textContent} ${how} ${t("signs.covered")} ${this.said.textContent}`
  }

  /**
   * @param {Sent.SignFigure | null} found
   * @param {string} unit
   */
  number(found, unit) {
    const value = shownValue(found, unit)
    say(this.value, value)
    this.value.classList.toggle("long", value.length > LONG)
    const way = found && stateOf(found) !== "na" ? arrow(found) : null
    change(this.arrow, ...(way === null ? [] : [turned(way)]))
    say(this.unit, shownUnit(found, unit))
  }

  /**
   * @param {Sent.SignRow} row
   * @param {Sent.SignAbout} about
   * @param {Sent.Signs} signs
   * @param {boolean} last
   */
  picture({ figure: found, alert }, about, signs, last) {
    const state = stateOf(found)
    const time = last && state !== "na" && !alert
    change(this.chart, chart(found, about, nearest(about.limits, state), { width: WIDE, height: TALL, gutter: GUTTER, time, id: `na-${this.place}` }))
    change(this.worst, ...(state === "na" ? whose(alert, about, whyNot(found, about.floor)) : worstOf(signs, this.place, about)))
  }
}

/**
 * The glyph of a state: filled or dotted as its alert stands, an outline where it has been seen or none stands yet.
 * @param {Sent.Severity} state
 * @param {Sent.SignAlert | null} alert
 * @param {number} size
 */
export const stateGlyph = (state, alert, size) => glyphOf({ severity: state, state: alert?.state ?? "C", phase: "in-process" }, size)

/**
 * Whose a sign is: one character in a frame, dotted where its text is still to be looked up.
 * @param {HTMLElement} node
 * @param {Sent.SignAbout | undefined} about
 */
export function showSeal(node, about) {
  const found = seal(about)
  say(node, found ? t(`signs.seal_${found.whose}`) : "")
  node.hidden = !found
  node.classList.toggle("q", found?.open ?? false)
  if (found) node.title = `${t(`signs.whose_${found.whose}`)}${found.open ? ` · ${t("signs.open")}` : ""}`
}

/**
 * Coverage as a bar, its floor as a tick.
 * @param {Sent.SignFigure} found
 * @param {number | null} floor
 */
export function bar({ coverage }, floor, wide = COVER) {
  const node = svg("svg", { width: wide, height: 5 }, svg("rect", { width: wide, height: 5, fill: "var(--line)" }), svg("rect", { width: (wide * (coverage ?? 0)).toFixed(1), height: 5, fill: "var(--ink-3)" }))
  if (floor !== null) node.append(svg("path", { d: `M${wide * floor - 1} -3V8`, stroke: "var(--ink-1)", "stroke-width": 2 }))
  return node
}

/** @param {-2 | -1 | 0 | 1 | 2} way */
const turned = (way) =>
  svg("svg", { width: 26, height: 22, viewBox: "-13 -11 26 22" }, svg("g", { transform: `rotate(${TURN[way]})` }, svg("path", { d: "M-11 0H9M3 -6.5L10 0L3 6.5", fill: "none", stroke: "var(--ink-2)", "stroke-width": 2.8 })))

/**
 * @param {Sent.Signs} signs
 * @param {number} place
 * @param {Sent.SignAbout} about
 */
function worstOf({ parts }, place, about) {
  const found = worst(parts, place, about.better)
  if (!found) return []
  const said = `${t(about.better === "higher" ? "signs.lowest" : "signs.highest")} ${words.pick(found.part.name)} `
  return [...(isOut(found.state) ? [stateGlyph(found.state, found.alert, 16)] : []), said, el("u", "", figure(found.value, about.unit))]
}

/**
 * Who was told that there is no value: the department of the alert; without one whose it is to put right, where too little came.
 * @param {Sent.SignAlert | null} alert
 * @param {Sent.SignAbout} about
 * @param {ReturnType<typeof whyNot>} why
 */
function whose(alert, about, why) {
  if (!alert && why !== "below_floor") return []
  return [el("span", "whom", `${t(alert ? "signs.told" : "signs.owes")} ${bureau(words.pick(alert ? alert.department : about.department))}`)]
}

/**
 * What stands below the chart: why there is no value, or the sign's own alert.
 * @param {Sent.SignRow} row
 * @param {Sent.SignAbout | undefined} about
 */
function below({ figure: found, alert }, about) {
  if (stateOf(found) === "na") {
    const why = whyNot(found, about?.floor)
    const since = found && why === "below_floor" ? ` ${words.minute(found.since)}` : ""
    return [el("span", why === "below_floor" ? "tag" : "", `${t(`signs.why_${why}`)}${since}`)]
  }
  if (!alert) return []
  return [`${t("signs.alert")} ${words.minute(alert.raised)} · ${alert.state[0]} ${t(`state.${alert.state[0]}`)}`, stateGlyph(alert.severity, alert, 16)]
}
