/* The districts below the signs: the page in small for each, every sign in its place; below it what drags the city most. */

import { arrange, button, change, el, say, svg } from "../../common/dom.js"
import { SEVERITIES, glyph } from "../../common/marks.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { heaviest, isOut, signed, stateOf } from "./reading.js"

/** Signs in a row of the small grid, as on the page. */
const COLUMNS = 3
const [STEP_X, STEP_Y, LEFT, TOP] = [32, 24, 12, 10]

export class Strip {
  /** @type {Map<string, { node: HTMLElement, name: HTMLElement, grid: HTMLElement, drag: HTMLElement }>} */
  boxes = new globalThis.Map()
  /** @type {string} */
  key

  /**
   * `open(place, code)` is called when somebody presses a district: `place` is the sign that it drags most or that stands worst there.
   * @param {(place: number, code: string) => void} open
   */
  constructor(open) {
    this.open = open
    this.row = el("div", "dss")
    this.none = el("div", "none", t("signs.no_parts"))
    this.title = el("div", "ph", t("signs.strip"), el("small", "", t("signs.strip_key")), el("small", "r", t("signs.strip_press")))
    this.node = el("div", "strip", this.title, this.row, this.none)
  }

  /**
   * @param {Sent.Signs} signs
   * @param {Record<string, Sent.SignAbout>} book
   * @param {string | null} chosen the code of the district that is opened
   */
  show(signs, book, chosen) {
    const key = JSON.stringify([signs.parts, signs.rows.map(({ figure }) => figure?.at), chosen, Object.keys(book).length])
    if (key === this.key) return
    this.key = key
    this.none.hidden = signs.parts.length > 0
    this.row.style.setProperty("--parts", String(Math.max(12, signs.parts.length)))
    arrange(this.row, signs.parts.map((part) => this.box(part, signs, book, chosen)))
  }

  /**
   * @param {Sent.SignPart} part
   * @param {Sent.Signs} signs
   * @param {Record<string, Sent.SignAbout>} book
   * @param {string | null} chosen
   */
  box(part, signs, book, chosen) {
    const box = this.boxes.get(part.code) ?? this.made(part.code)
    const heavy = heaviest(signs, book, part)
    const states = part.figures.map(({ figure }) => stateOf(figure))
    const level = SEVERITIES.find((severity) => states.includes(severity))
    const place = level ? states.indexOf(level) : (heavy?.place ?? 0)
    box.node.className = `ds ${level ? `bad ${level}` : ""}${part.code === chosen ? " on" : ""}`
    box.node.onclick = () => this.open(place, part.code)
    say(box.name, words.pick(part.name))
    change(box.grid, grid(part.figures))
    const short = heavy && book[signs.rows[heavy.place].id]?.short
    change(box.drag, ...(heavy ? [short ? `${words.pick(short)} ` : `${heavy.place + 1} `, el("b", "", signed(heavy.by))] : ["·"]))
    box.node.ariaLabel = [words.pick(part.name), ...states.flatMap((state, n) => (isOut(state) ? [`${words.pick(book[signs.rows[n].id]?.name) || signs.rows[n].id} ${t(`severity.${state}`)}`] : []))].join(" ")
    return box.node
  }

  /** @param {string} code */
  made(code) {
    const parts = { name: el("div", "nm"), grid: el("div", "mg"), drag: el("div", "dr") }
    const node = button("ds", () => {})
    node.dataset.area = code
    node.append(parts.name, parts.grid, parts.drag)
    const box = { node, ...parts }
    this.boxes.set(code, box)
    return box
  }
}

/**
 * The signs of a district in their places: a dash within all limits, a shape past one, a slash without data.
 * @param {Sent.SignPart["figures"]} figures
 */
function grid(figures) {
  const node = svg("svg", { width: 94, height: 92, "aria-hidden": "true" })
  figures.forEach(({ figure, alert }, place) => {
    const [x, y] = [LEFT + (place % COLUMNS) * STEP_X, TOP + Math.floor(place / COLUMNS) * STEP_Y]
    const state = stateOf(figure)
    if (isOut(state)) node.append(small(state, alert, x, y))
    else if (state === "na") node.append(svg("path", { d: `M${x - 6} ${y + 6}L${x + 6} ${y - 6}`, stroke: "var(--ink-3)", "stroke-width": 2 }))
    else node.append(svg("path", { d: `M${x - 8} ${y}H${x + 8}`, stroke: "var(--data-2)", "stroke-width": 3 }))
  })
  return node
}

/**
 * @param {Sent.Severity} state
 * @param {Sent.SignAlert | null} alert
 * @param {number} x
 * @param {number} y
 */
function small(state, alert, x, y) {
  return svg("g", { transform: `translate(${x - 10} ${y - 10})` }, glyph(state, { state: alert?.state[0] === "B" ? "B" : "C", size: 20 }))
}
