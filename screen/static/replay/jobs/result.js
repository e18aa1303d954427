/* What other parameters would have made of what happened: counts, a chart over the time, a map, and every changed alert, which can be played. */

import { button, el, fill, head, say, svg } from "../../common/dom.js"
import { glyph } from "../../common/marks.js"
import * as words from "../../common/words.js"
import { t } from "../../common/words.js"
import { City, mark } from "../city.js"
import { file } from "../time/film.js"
import { written } from "./values.js"

const KINDS = ["raised", "lost", "earlier", "later", "severity"]

/**
 * How a change looks on the map: new ones filled, gone ones an outline, the others with a dot.
 * @type {Record<string, string>}
 */
const LOOKS = { raised: "B", lost: "C", earlier: "D", later: "D", severity: "D" }
const DAY = 86_400_000
const BY = ["rule", "district", "day"]

/** Changed alerts that are listed at once. */
const LISTED = 300
const [TALL, BARS, LEFT, LABELS] = [52, 48, 36, 4]

/** @typedef {{ raised: number, severity: Sent.Severity, alert?: string }} Side an alert by one of the two books */
/** @typedef {{ change: string[], rule: string, item: string, subject: string, name: Sent.Text, adcode: string, lon: number | null, lat: number | null, before?: Side | null, after?: Side | null, orders?: { id: string, number: string, state: string }[] }} Changed */
/** @typedef {{ by: string, name: string, before: number, after: number, raised: number, lost: number } & Record<string, any>} Count */
/**
 * @typedef {object} Outcome
 * @property {Record<string, { title: Sent.Text, before: Record<string, unknown>, after: Record<string, unknown> }>} rules
 * @property {Record<string, number>} total
 * @property {number} from
 * @property {number} to
 * @property {number} until
 * @property {Changed[]} rows
 * @property {number} more
 * @property {Record<string, Sent.Text>} titles
 * @property {Count[]} counts
 */

export class Result {
  /** @type {Sent.Job} */
  job
  /** @type {Outcome} */
  found
  /** @type {string | null} */
  kind

  /**
   * `play(alert, at)` shows an alert at a moment.
   * @param {import("../city.js").Land[]} districts
   * @param {(row: Changed) => void} play
   * @param {() => void} back
   */
  constructor(districts, play, back) {
    this.districts = districts
    this.play = play
    this.title = el("h2")
    this.place = el("p", "place")
    const shut = button("plain", back, t("whatif.back"))
    this.totals = el("div", "figures")
    this.kinds = KINDS.map((kind) => Object.assign(button("chip", () => this.choose(kind), t(`change.${kind}`)), { kind }))
    this.table = el("div", "changed")
    this.more = el("p", "none")
    this.by = BY.map((by) => Object.assign(button("chip", () => this.group(by), t(`whatif.by_${by}`)), { by }))
    this.counts = el("div", "counts")
    this.chart = el("div", "over")
    this.city = new City(districts, (its) => its && this.play(its.row))
    const legend = el("div", "legend", ...["raised", "lost", "other"].map((kind) => el("span", "", glyph("yellow", { state: LOOKS[kind] ?? "D", size: 16 }), t(`change.${kind}`))))
    const list = el("section", "list", head(t("whatif.rows"), t("whatif.rows_by")).node, el("div", "chips", ...this.kinds), this.table, this.more)
    const side = el("div", "side", el("section", "", head(t("whatif.chart"), t("whatif.chart_by")).node, this.chart), el("section", "grouped", head(t("whatif.counted")).node, el("div", "chips", ...this.by), this.counts))
    this.node = el("div", "outcome", el("div", "top", el("div", "", this.title, this.place), shut), this.totals, el("div", "columns", list, side, el("section", "where", head(t("whatif.map")).node, this.city.node, legend)))
    this.node.hidden = true
    this.seen = new ResizeObserver(() => this.redraw())
    this.seen.observe(this.chart)
  }

  /**
   * Show the result of a finished job; false where its file is gone.
   * @param {Sent.Job} job
   */
  async open(job) {
    /** @type {Outcome | null} */
    const found = await file(job.id, "result.json")
    if (!found) return false
    Object.assign(this, { job, found, kind: null })
    const { rules, total, from, to, until } = found
    say(this.title, Object.values(rules).map(({ title, before, after }) => `${words.pick(title)}${words.language === "zh" ? "：" : ": "}${Object.keys(after).map((name) => `${words.word(`param.${name}`) || name} ${written(before[name])} → ${written(after[name])}`).join(t("comma"))}`).join("；"))
    say(this.place, `${words.date(from)} ${words.minute(from)} – ${words.date(to)} ${words.minute(to)}${until < to ? ` · ${t("replay.archive_ends")} ${words.moment(until)}` : ""} · ${job.by ? words.who(job.by) : ""}`)
    fill(this.totals, ...["before", "after", ...KINDS].map((name) => el("div", `figure of-${name}`, el("span", "", t(`change.${name}`)), el("b", "", String(total[name])))))
    this.city.show(new Map(), this.marks(), [], null)
    this.redraw()
    this.group("rule")
    this.choose(null)
    return true
  }

  /**
   * List only the alerts with this change, or again all of them.
   * @param {string | null} kind
   */
  choose(kind) {
    this.kind = this.kind === kind ? null : kind
    for (const chip of this.kinds) chip.ariaPressed = String(chip.kind === this.kind)
    const rows = this.found.rows.filter(({ change }) => !this.kind || change.includes(this.kind))
    fill(this.table, ...rows.slice(0, LISTED).map((row) => this.row(row)))
    const rest = rows.length - LISTED + this.found.more
    say(this.more, rows.length ? (rest > 0 ? `${t("panel.hidden")} ${rest}` : "") : t("whatif.no_change"))
  }

  /** @param {Changed} row */
  row(row) {
    const { before, after, change } = row
    const raised = before?.raised ?? after?.raised
    const node = button("line", () => this.play(row))
    const times = [before, after].map((each) => el("span", "at", each ? words.moment(each.raised) : "—"))
    const shift = before && after && before.raised !== after.raised ? `${after.raised < before.raised ? "−" : "+"}${words.duration(Math.abs(after.raised - before.raised))}` : ""
    const severity = el("span", "g", before ? glyph(before.severity, { size: 15 }) : null, after && after.severity !== before?.severity ? glyph(after.severity, { size: 15 }) : null)
    node.append(el("b", "kind", change.map((kind) => t(`change.${kind}`)).join(" ")), severity, el("span", "t", el("b", "", this.name(row)), " ", el("span", "", [this.district(row.adcode), words.pick(row.name) || row.subject, row.orders ? `· ${t("replay.orders_about")} ${row.orders.map(({ number }) => number).join(" ")}` : ""].filter(Boolean).join(" "))), ...times, el("span", "shift", shift))
    node.dataset.change = change[0]
    node.dataset.raised = String(raised)
    return node
  }

  /** @param {Changed} row */
  name({ rule, item }) {
    return [words.word(`item.${item}`), words.pick(this.found.titles[rule]) || rule].filter(Boolean).join(" ")
  }

  /** @param {string} adcode */
  district(adcode) {
    return this.districts.find((each) => each.adcode === adcode)?.[words.language] ?? ""
  }

  marks() {
    /** @type {Map<string, number>} */
    const seen = new Map()
    const there = this.found.rows.filter(({ lon }) => lon !== null && lon !== undefined)
    return there.flatMap((row, n) => {
      const column = seen.get(row.subject) ?? 0
      seen.set(row.subject, column + 1)
      const side = row.after ?? row.before
      if (column > 1 || !side) return []
      const { severity } = side
      const look = { state: LOOKS[row.change[0]] }
      return { key: `${this.job.id}/${n}`, id: row.before?.alert ?? row.after?.alert ?? "", lon: Number(row.lon), lat: Number(row.lat), column, row, look: row.change[0], title: `${this.name(row)} ${words.pick(row.name)}`, make: () => mark(severity, look, 19) }
    })
  }

  /**
   * Count by rule, district or day: each book's alerts, then what came (right) and what went (left).
   * @param {string} by
   */
  group(by) {
    for (const chip of this.by) chip.ariaPressed = String(chip.by === by)
    const counts = this.found.counts.filter((each) => each.by === by && KINDS.some((kind) => each[kind]))
    counts.sort((one, other) => (by === "day" ? (one.name < other.name ? -1 : 1) : other.raised + other.lost - one.raised - one.lost))
    const most = Math.max(1, ...counts.map(({ raised, lost }) => Math.max(raised, lost)))
    /** @type {Record<string, (name: string) => string>} */
    const names = { rule: (id) => words.pick(this.found.titles[id]) || id, district: (adcode) => this.district(adcode) || adcode || "—", day: (day) => day }
    const rows = counts.map((each) => el("div", "count", el("span", "t", names[by](each.name)), el("span", "n", `${each.before} → ${each.after}`), pair(each, most), el("span", "n", `−${each.lost} +${each.raised}`)))
    fill(this.counts, ...(rows.length ? rows : [el("p", "none", t("whatif.no_change"))]))
  }

  /** The chart, as wide as there is room. */
  redraw() {
    const wide = this.chart.clientWidth
    if (this.found && wide) fill(this.chart, this.draw(wide))
  }

  /**
   * New alerts up, lost ones down, over the time.
   * @param {number} wide
   */
  draw(wide) {
    const { from, to, rows } = this.found
    const [up, down] = [0, 1].map(() => new Array(BARS).fill(0))
    /** @param {number} at */
    const place = (at) => Math.min(BARS - 1, Math.max(0, Math.floor(((at - from) * BARS) / (to - from))))
    for (const { change, before, after } of rows) {
      if (after && change.includes("raised")) up[place(after.raised)] += 1
      if (before && change.includes("lost")) down[place(before.raised)] += 1
    }
    const most = Math.max(1, ...up, ...down)
    const step = (wide - LEFT) / BARS
    const ground = TALL + 14
    /** @type {(n: number, y: number, tall: number) => string} */
    const bar = (n, y, tall) => `M${(LEFT + n * step).toFixed(1)} ${y.toFixed(1)}h${(step - 1.5).toFixed(1)}v${tall.toFixed(1)}h-${(step - 1.5).toFixed(1)}z`
    const rises = up.map((count, n) => (count ? bar(n, ground - (count * TALL) / most, (count * TALL) / most) : "")).join("")
    const falls = down.map((count, n) => (count ? bar(n, ground + 2, (count * TALL) / most) : "")).join("")
    const drawing = svg("svg", { width: wide, height: 2 * TALL + 44 }, svg("path", { d: rises, fill: "var(--data)" }), svg("path", { d: falls, fill: "none", stroke: "var(--data)", "stroke-width": 1.5 }), svg("path", { d: `M${LEFT} ${ground + 1}H${wide}`, stroke: "var(--axis)" }))
    drawing.append(text(LEFT - 8, 20, String(most), "end"), text(LEFT - 8, ground + 5, "0", "end"), text(LEFT - 8, ground + TALL + 2, String(most), "end"))
    const every = (to - from) / LABELS
    for (let n = 0; n < LABELS; n += 1) drawing.append(text(LEFT + ((wide - LEFT) * n) / LABELS, 2 * TALL + 38, (to - from > DAY ? words.moment : words.minute)(from + n * every), n ? "middle" : "start"))
    drawing.role = "img"
    drawing.ariaLabel = `${t("change.raised")} ${this.found.total.raised}, ${t("change.lost")} ${this.found.total.lost}`
    return drawing
  }

  close() {
    this.seen.disconnect()
    this.city.close()
  }
}

/**
 * @param {{ raised: number, lost: number }} count
 * @param {number} most
 */
function pair({ raised, lost }, most) {
  const [wide, tall] = [160, 14]
  const [left, right] = [lost, raised].map((count) => (count * wide) / 2 / most)
  return svg("svg", { width: wide, height: tall }, svg("rect", { x: wide / 2 - left, y: 2, width: left, height: tall - 4, fill: "none", stroke: "var(--data)", "stroke-width": lost ? 1.5 : 0 }), svg("rect", { x: wide / 2, y: 2, width: right, height: tall - 4, fill: "var(--data)" }), svg("path", { d: `M${wide / 2} 0V${tall}`, stroke: "var(--axis)" }))
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} said
 * @param {string} anchor
 */
function text(x, y, said, anchor) {
  const node = svg("text", { x, y, "text-anchor": anchor })
  node.textContent = said
  return node
}
