/* The eight key figures, each with its limit beside it. Past its limit: a rule, a glyph and the number in the colour. */

import { el, fill, say, svg } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** Annunciations in 10 minutes from which operators cannot follow: ANSI/ISA-18.2-2016, alarm flood. */
export const FLOOD = 10
/** Fewer alarms than this may stand for more than 24 h: ANSI/ISA-18.2-2016, stale alarms on any day, with plans to address. */
const STALE = 5
const HOURS_4 = 24
/** Limits of this wall, by choice: unacknowledged alerts, mean minutes to an acknowledgement. */
const LIMITS = { unacknowledged: 30, waited: 15 }
/** Places for figures of the domains' own. */
const OWN = 2

export class Figures {
  constructor() {
    this.cells = Array.from({ length: 8 }, () => new Cell())
    this.node = el("div", "kpis", ...this.cells.map((cell) => cell.node))
  }

  /** In the view of a domain its own figures come first; the others follow in the order of the domains. */
  show({ figures: found, trend }, { view }) {
    if (found === this.found && trend === this.trend && view === this.view) return
    Object.assign(this, { found, trend, view })
    const oldest = found.oldest === null ? t("figure.none") : words.duration(found.oldest).split(" ").slice(0, 2).join(" ")
    const late = found.waited !== null && found.waited > LIMITS.waited * 60_000
    const waited = found.waited === null ? ["—", ""] : [words.number(found.waited / 60_000, 0), t("unit.minute")]
    const own = [...found.headline.filter(({ domain }) => domain === view), ...found.headline.filter(({ domain }) => domain !== view)]
    const shown = [
      [t("figure.unacknowledged"), found.unacknowledged, t("unit.count"), `${t("figure.most")} ${LIMITS.unacknowledged} · ${t("figure.oldest")} ${oldest}`, found.unacknowledged > LIMITS.unacknowledged ? "red" : ""],
      [t("figure.red"), found.red, t("unit.count"), `${t("figure.red_limit")} ${found.red_unacknowledged}`, found.red ? "red" : ""],
      [t("figure.recent"), found.recent, t("unit.count"), t("figure.recent_limit"), found.recent >= FLOOD ? "sys" : ""],
      [t("figure.stale"), found.stale, t("unit.count"), t("figure.stale_limit"), found.stale >= STALE ? "yellow" : ""],
      ...Array.from({ length: OWN }, (_, n) => headline(own[n])),
      [t("figure.bad"), words.number(found.bad), t("unit.count"), t("figure.bad_limit"), ""],
      [t("figure.waited"), ...waited, `${t("figure.due")} ${LIMITS.waited} · ${t("figure.waited_limit")} ${found.signed} ${t("unit.times")}`, late ? "yellow" : ""],
    ]
    shown.forEach((values, n) => this.cells[n].show(...values))
    this.cells[2].spark(trend.up.map((up, n) => up + trend.down[n]).slice(-HOURS_4))
  }
}

/** A figure of a domain's own: its name, value, unit, limit and what stands beside that, colour. */
function headline(figure) {
  if (!figure) return ["", "—", "", "", ""]
  const { title, value, unit, note, fold, subject, online, all, severity } = figure
  const share = fold === "online"
  const shown = value === null ? ["—", ""] : [share ? value.toFixed(1) : words.number(value), unit]
  const beside = share ? `${online}/${all}` : fold === "max" ? words.pick(subject) : String(all)
  return [words.pick(title), ...shown, `${words.pick(note)} · ${beside}`, severity ?? ""]
}

class Cell {
  constructor() {
    this.mark = el("span", "mark")
    this.name = el("span")
    this.value = el("span")
    this.unit = el("small")
    this.limit = el("div", "l")
    this.line = el("div", "spark")
    this.node = el("div", "kpi", el("div", "n", this.mark, this.name), el("div", "v", this.value, this.unit), this.limit, this.line)
    this.state = null
  }

  show(name, value, unit, limit, state) {
    say(this.name, name)
    say(this.value, value)
    this.value.classList.toggle("zero", value === 0 || value === "0")
    say(this.unit, unit)
    say(this.limit, limit)
    if (state === this.state) return
    this.state = state
    this.node.className = `kpi ${state ? `bad ${state}` : ""}`
    fill(this.mark, state && state !== "sys" ? glyph(state) : null)
  }

  spark(values) {
    const [width, height, top] = [84, 38, Math.max(14, ...values)]
    const y = (value) => height - (value / top) * height
    const points = values.map((value, n) => `${((n * width) / (values.length - 1)).toFixed(1)} ${y(value).toFixed(1)}`)
    const drawing = points.join("L")
    if (drawing === this.drawing) return
    this.drawing = drawing
    const limit = svg("path", { d: `M0 ${y(FLOOD)}H${width}`, stroke: "var(--ink-3)", "stroke-width": 1.5, "stroke-dasharray": "2 4" })
    const line = svg("path", { d: `M${drawing}`, fill: "none", stroke: "var(--data)", "stroke-width": 2 })
    const end = svg("circle", { cx: width, cy: y(values.at(-1)), r: 3.5, fill: "currentColor" })
    fill(this.line, svg("svg", { width, height }, limit, line, end))
  }
}
