/* What the list leaves out, in its place while somebody looks: alarms that are put aside, with until when, by whom and why; open cases. */

import { button, el, fill, focusedIn, say } from "../../common/dom.js"
import { concluded, putAside, titled } from "../../common/alert/alert.js"
import { glyph } from "../../common/marks.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"

/** @type {("aside" | "cases")[]} */
const NAMES = ["aside", "cases"]

export class Others {
  /** @type {"aside" | "cases" | null} */
  name = null
  /** @type {string | null} */
  drawn
  /** @type {[sections: Pick<Sent.Sections, "time" | "aside" | "cases" | "ranking">, stale: boolean, chosen: string | null]} */
  last

  /**
   * `open(id)` is called when somebody presses a row.
   * @param {(id: string) => void} open
   */
  constructor(open) {
    this.pressed = open
    this.tabs = NAMES.map((name) => button("tab", () => { this.open(name); this.show(...this.last) }))
    const shut = button("shut", () => this.shut())
    say(shut, `${t("story.close")} ✕`)
    this.rows = el("div", "rows")
    this.node = el("section", "others", el("div", "ph", ...this.tabs, shut), this.rows)
    this.node.hidden = true
  }

  /** @param {"aside" | "cases"} name */
  open(name) {
    this.name = name
    this.node.hidden = false
  }

  shut() {
    this.name = null
    this.node.hidden = true
    this.drawn = null
    fill(this.rows)
  }

  /**
   * @param {Pick<Sent.Sections, "time" | "aside" | "cases" | "ranking">} sections
   * @param {boolean} stale
   * @param {string | null} chosen
   */
  show(sections, stale, chosen) {
    this.last = [sections, stale, chosen]
    if (this.name === null) return
    const now = stale ? null : sections.time.now
    const { count, rows } = sections[this.name]
    const key = JSON.stringify([this.name, Math.floor((now ?? 0) / 60_000), stale, chosen, count, rows])
    if (key === this.drawn) return
    this.drawn = key
    NAMES.forEach((name, n) => {
      say(this.tabs[n], `${t(`panel.${name}`)} ${sections[name].count}`)
      this.tabs[n].ariaPressed = String(name === this.name)
    })
    const focused = focusedIn(this.node)?.dataset.alert
    const districts = Object.fromEntries(sections.ranking.map(([district, names]) => [district.adcode, names[words.language === "zh" ? 0 : 1]]))
    const more = count - rows.length
    fill(this.rows, ...rows.map((alert) => this.row(alert, districts[alert.adcode] ?? "", now, chosen)), more > 0 ? el("div", "more", `${t("panel.hidden")} ${more}`) : null)
    if (focused) /** @type {HTMLElement[]} */ ([...this.rows.children]).find((node) => node.dataset.alert === focused)?.focus()
    if (!count) fill(this.rows, el("div", "none", t("panel.others_none")))
  }

  /**
   * @param {Sent.Row} alert
   * @param {string} district
   * @param {number | null} now
   * @param {string | null} chosen
   */
  row(alert, district, now, chosen) {
    const state = `${alert.state[0]} ${t(`state.${words.key(alert.state)}`)}`
    const why = alert.aside && this.name === "aside" ? putAside(alert.aside) : alert.case ? concluded(alert.case, now) : ""
    const node = button(`other ${alert.id === chosen ? "chosen" : ""}`, () => this.pressed(alert.id))
    node.dataset.alert = alert.id
    node.append(
      el("span", "g", glyph(alert.severity, { state: alert.state[0], phase: alert.phase, size: 24 })),
      el("b", "", titled(alert)),
      el("span", "state", state),
      el("span", "s", [district, words.pick(alert.name)].filter(Boolean).join(" ")),
      el("span", "w", why),
    )
    return node
  }
}
