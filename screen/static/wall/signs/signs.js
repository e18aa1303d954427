/* The wall's first face: how the city is, by twelve signs in fixed places, and below them the districts. */

import { button, change, el, say, svg } from "../../common/dom.js"
import { SEVERITIES, glyph } from "../../common/marks.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { Cell } from "./cell.js"
import { Drill } from "./drill.js"
import { counted } from "./reading.js"
import { Strip } from "./strip.js"

const MOST = 12
/** Pixels from one sign to the next; signs that the panel of an opened one covers in a row. */
const [PITCH, COVERED] = [474, 2]
const SEALS = ["nation", "above", "local", "own"]

export class Signs {
  /**
   * `changed()` is called when a person opens or shuts a sign, `story(id)` when somebody presses an alert, `other()` for the other face.
   * @param {{ changed: () => void, story: (id: string) => void, other: () => void }} calls
   */
  constructor({ changed, story, other }) {
    this.drill = new Drill(changed, story)
    this.whose = el("span")
    this.counts = el("span", "counts")
    this.refused = el("div", "refused")
    this.switch = button("key face", other, `${t("signs.alarms")} 2`)
    const title = el("div", "ph answer", this.whose, this.counts, legend())
    this.cells = Array.from({ length: MOST }, (_, place) => new Cell(place, (at) => this.press(at)))
    this.strip = new Strip((place, code) => this.drill.open(place, code))
    this.strip.title.append(this.switch)
    this.grid = el("div", "sgs", ...this.cells.map(({ node }) => node))
    this.node = el("section", "signs", title, this.grid, this.strip.node, this.refused, this.drill.node)
    /** @type {Sent.Signs | undefined} */
    this.told = undefined
  }

  /** @param {number} place */
  press(place) {
    if (this.drill.opened?.place === place) this.drill.shut()
    else this.drill.open(place, this.told?.area?.code ?? "")
  }

  /**
   * @param {Sent.Sections} sections
   * @param {boolean} stale
   * @param {boolean} both whether the other face stands beside it, and one column more has room
   */
  show({ signs, sign_book: book, time }, stale, both) {
    this.told = signs
    if (!signs) return
    const refused = signs.refused !== undefined
    this.refused.hidden = !refused
    this.node.classList.toggle("none-of-yours", refused)
    if (refused) {
      say(this.refused, `${t("signs.refused")} ${signs.refused}`)
      return
    }
    const columns = both ? 4 : 3
    const known = { signs, book: book ?? {}, now: time.now, stale }
    this.title(signs)
    const rows = Math.ceil(signs.rows.length / columns)
    this.cells.forEach((cell, place) => cell.show(known, { columns, last: Math.floor(place / columns) === rows - 1, chosen: this.drill.opened?.place === place }))
    this.strip.show(signs, known.book, this.drill.opened?.area ?? null)
    this.drill.show(known, this.beside(signs.rows, columns))
    this.switch.hidden = both
  }

  /** @param {Sent.Signs} signs */
  title({ area, department, rows }) {
    const { levels, na, ok } = counted(rows)
    const own = [area.whole ? "" : words.pick(area.name), department ? words.pick(department) : ""].filter(Boolean).join(" · ")
    say(this.whose, own ? `${own} ${t("signs.title_own")}` : t("signs.title"))
    const shapes = SEVERITIES.flatMap((severity, n) => (levels[n] ? [el("span", "k", glyph(severity, { size: 20, state: "C" }), el("b", "", String(levels[n])))] : []))
    change(this.counts, el("small", "", `${rows.length} ${t("signs.items")}`), ...shapes, ...(na ? [el("span", "k", "NA ", el("b", "", String(na)))] : []), el("span", "k", `${t("signs.inside")} `, el("b", "", String(ok))))
  }

  /**
   * Where the panel of an opened sign stands, beside it, and what it covers.
   * @param {Sent.SignRow[]} rows
   * @param {number} columns
   */
  beside(rows, columns) {
    const column = (this.drill.opened?.place ?? 0) % columns
    const first = column + COVERED < columns ? column + 1 : column - COVERED >= 0 ? column - COVERED : columns - COVERED
    const hidden = rows.filter((_, place) => place % columns >= first && place % columns < first + COVERED)
    return { columns, left: first * PITCH, hidden }
  }
}

/** What the parts of a sign are. */
function legend() {
  const band = svg("svg", { width: 30, height: 16 }, svg("rect", { width: 30, height: 16, fill: "var(--band)" }), svg("path", { d: "M0 8H30", stroke: "var(--data)", "stroke-width": 2.4 }))
  const limit = svg("svg", { width: 30, height: 16 }, svg("path", { d: "M0 8H30", stroke: "var(--ink-3)", "stroke-width": 1.5, "stroke-dasharray": "2 4" }))
  const cover = svg("svg", { width: 44, height: 16 }, svg("rect", { y: 5, width: 44, height: 5, fill: "var(--line)" }), svg("rect", { y: 5, width: 34, height: 5, fill: "var(--ink-3)" }), svg("path", { d: "M38 2V13", stroke: "var(--ink-1)", "stroke-width": 2 }))
  const seals = SEALS.flatMap((each) => [el("span", "pv", t(`signs.seal_${each}`)), t(`signs.legend_${each}`)])
  return el("small", "r legend", band, t("signs.legend_band"), limit, t("signs.legend_limit"), cover, t("signs.legend_cover"), ...seals, el("span", "pv q", t("signs.seal_nation")), t("signs.open"))
}
