/* The measures of a period, 考核口径 and 分析口径 apart: n of N, share with its interval, what is left out, before and a year before, months. */

import { el, fill, say } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { interval, intervalBar, leftOut, opens, reasons, said, shareOf, spark, unitOf, value, worse } from "./figure.js"
import { compared } from "./query.js"

/** @typedef {import("./query.js").Opened} Opened */

/** @type {Sent.MeasureTold["reading"][]} */
const READINGS = ["assessment", "analysis"]

const HEADS = ["name", "whose", "count", "share", "interval", "before", "months"]

export class Measures {
  /** @type {string[]} */
  shown = []
  chosen = ""
  /** @type {Map<string, HTMLElement>} */
  rows = new globalThis.Map()

  /**
   * `choose(measure)` is called when a person chooses one, `open(figure)` for the cases behind a figure.
   * @param {(measure: string) => void} choose
   * @param {(opened: Opened) => void} open
   */
  constructor(choose, open) {
    this.choosing = choose
    this.open = open
    this.small = el("small", "", t("oversight.measures_note"))
    this.period = el("small", "r")
    this.body = el("div", "body")
    this.body.tabIndex = -1
    this.none = el("p", "none", t("oversight.reading"))
    this.none.role = "status"
    const heads = el("div", "heads mrow", ...HEADS.map((name) => el("span", `h-${name}`, t(`oversight.head_${name}`))))
    this.node = el("section", "measures", el("div", "ph", t("oversight.measures"), this.small, this.period), heads, this.none, this.body)
    this.node.ariaLabel = t("oversight.measures")
  }

  /**
   * @param {Sent.OversightBook} book
   * @param {Sent.OversightFigures} told
   * @param {string} sought words of a search
   * @param {Sent.LeadPage} lead whose shares (三率) stand first
   */
  show(book, told, sought, { rates, unmeasured }) {
    this.told = told
    const first = new Set(rates.map(({ measure }) => measure))
    const wanted = sought.toLowerCase().split(/\s+/).filter(Boolean)
    const lines = new globalThis.Map(told.lines.map((each) => [each.measure, each]))
    const order = [...book.measures.filter(({ id }) => first.has(id)), ...book.measures.filter(({ id }) => !first.has(id))]
    const found = order.filter(({ id, name, what }) => lines.has(id) && wanted.every((word) => `${id} ${name.zh} ${name.en} ${what.zh} ${what.en}`.toLowerCase().includes(word)))
    this.rows = new globalThis.Map()
    const parts = READINGS.flatMap((reading) => {
      const rows = found.filter((each) => each.reading === reading).map((each) => this.row(each, /** @type {Sent.MeasureLine} */ (lines.get(each.id)), first.has(each.id)))
      return rows.length ? [el("h3", "", t(`oversight.${reading}`), el("small", "", t(`oversight.${reading}_note`))), ...rows] : []
    })
    this.shown = READINGS.flatMap((reading) => found.filter((each) => each.reading === reading).map(({ id }) => id))
    const top = this.body.scrollTop
    fill(this.body, ...parts)
    this.body.scrollTop = top
    this.none.hidden = found.length > 0
    say(this.none, t("oversight.no_measure"))
    say(this.small, unmeasured.length ? t("oversight.unmeasured").replace("{}", unmeasured.map((name) => t(`oversight.share_${words.key(name)}`)).join(t("comma"))) : t("oversight.measures_note"))
    say(this.period, told.since === told.until ? told.since : `${told.since} – ${told.until}`)
    this.choose(this.chosen, false)
  }

  /**
   * @param {Sent.MeasureTold} measure
   * @param {Sent.MeasureLine} line
   * @param {boolean} first whether it is one of the leader's shares
   */
  row(measure, line, first) {
    const { figure } = line
    const node = el("div", "mrow row", this.name(measure, first), whose(measure), this.numbers(measure, figure), this.share(measure, figure), this.bar(measure, figure), this.earlier(measure, line), spark(line.months, measure))
    node.dataset.measure = measure.id
    node.onclick = () => this.choosing(measure.id)
    this.rows.set(measure.id, node)
    return node
  }

  /**
   * @param {Sent.MeasureTold} measure
   * @param {boolean} first
   */
  name(measure, first) {
    const node = opens(words.pick(measure.name), () => this.choosing(measure.id), t("oversight.choose"), "nm")
    node.title = `${words.pick(measure.name)} · ${words.pick(measure.what)}`
    return el("span", "two", el("span", "", node, first ? el("small", "tag", t("oversight.three")) : null), el("small", "", `${words.pick(measure.what)} · ${words.pick(measure.month)}`))
  }

  /**
   * @param {Sent.MeasureTold} measure
   * @param {Sent.Figure} figure
   */
  numbers(measure, figure) {
    const { count, of } = figure
    if (!of && !leftOut(figure)) return el("span", "two nothing", el("span", "", t("oversight.nothing_due")), el("small", "", t("oversight.no_share")))
    const name = words.pick(measure.name)
    const out = opens(`${t("oversight.left_out")} ${words.number(leftOut(figure))}`, leftOut(figure) ? this.way(measure, "left-out") : null, name)
    out.title = reasons(figure, measure)
    return el(
      "span",
      "two numbers",
      el("span", "", opens(words.number(count), count ? this.way(measure, "numerator") : null, `${name} ${t("oversight.numerator")}`, "b"), " / ", opens(words.number(of), of > count ? this.way(measure, "rest") : null, `${name} ${t("oversight.denominator")}`)),
      el("small", "", opens(`${t("oversight.rest")} ${words.number(of - count)}`, of > count ? this.way(measure, "rest") : null, name), " · ", out),
    )
  }

  /**
   * @param {Sent.MeasureTold} measure
   * @param {Sent.Figure} figure
   */
  share(measure, figure) {
    const under = measure.target === null ? "" : `${t("oversight.target")} ${measure.direction === "higher" ? "≥" : "≤"}${measure.target}`
    return el("span", "two share", el("span", "", shareOf(figure, measure, this.way(measure, worse(measure))), figure.of ? ` ${unitOf(measure)}` : ""), el("small", "", under))
  }

  /**
   * The interval of a share; of a time the age of what is open.
   * @param {Sent.MeasureTold} measure
   * @param {Sent.Figure} figure
   */
  bar(measure, figure) {
    const { open } = figure
    if (measure.unit === "h") {
      const age = open ? `${t("oversight.open_age")} ${open.median.toFixed(0)} · ${t("oversight.oldest_age")} ${open.oldest.toFixed(0)} ${t("unit.hour")}` : t("oversight.none_open")
      return el("span", "two", opens(open ? `${t("oversight.still_open")} ${words.number(open.count)}` : "—", open ? this.way(measure, "open") : null, words.pick(measure.name)), el("small", "", age))
    }
    const node = el("span", "two", intervalBar(figure, measure), el("small", "", interval(figure) || "—"))
    node.ariaLabel = said(figure, measure)
    node.role = "img"
    if (figure.of > figure.count && this.told?.opens) node.onclick = (event) => { event.stopPropagation(); this.way(measure, worse(measure))?.() }
    return node
  }

  /**
   * @param {Sent.MeasureTold} measure
   * @param {Sent.MeasureLine} line
   */
  earlier(measure, line) {
    const periods = compared(/** @type {Sent.OversightFigures} */ (this.told))
    const of = (/** @type {"before" | "year_before"} */ name) => {
      const figure = line[name]
      const text = figure.of ? `${value(figure, measure)} · ${words.number(figure.of)}` : "—"
      return opens(text, figure.of ? this.way(measure, worse(measure), periods[name]) : null, `${words.pick(measure.name)} ${t(`oversight.${name}`)}`)
    }
    return el("span", "two earlier", el("span", "", el("small", "", t("oversight.before")), " ", of("before")), el("span", "", el("small", "", t("oversight.year_before")), " ", of("year_before")))
  }

  /**
   * The way to the cases of a part of a figure; null where they may not be seen.
   * @param {Sent.MeasureTold} measure
   * @param {string} behind
   * @param {import("./query.js").Period} [period]
   */
  way({ id }, behind, period) {
    const told = this.told
    if (!told?.opens) return null
    const { since, until } = period ?? told
    return () => {
      this.choosing(id)
      this.open({ measure: id, behind, since, until })
    }
  }

  /**
   * @param {string} measure
   * @param {boolean} [see] scroll to it
   */
  choose(measure, see = true) {
    this.chosen = measure
    for (const [id, node] of this.rows) {
      const ours = id === measure
      node.classList.toggle("on", ours)
      node.ariaCurrent = ours ? "true" : null
      if (ours && see) node.scrollIntoView({ block: "nearest" })
    }
  }

  /**
   * To the next measure of the list, or the one before.
   * @param {number} by
   */
  step(by) {
    const next = this.shown[Math.min(Math.max(this.shown.indexOf(this.chosen) + by, 0), this.shown.length - 1)]
    if (next) this.choosing(next)
  }
}

/**
 * Whose a measure is, with its source.
 * @param {Pick<Sent.MeasureTold, "provenance" | "source" | "mark">} measure
 */
export function whose({ provenance, source, mark }) {
  const node = el("span", "two whose", el("span", "pv", t(`oversight.whose_${WHOSE[provenance] ?? "own"}`)), el("small", "", `${words.pick(source)} · ${t(`oversight.sure_${mark}`)}`))
  node.dataset.whose = WHOSE[provenance] ?? "own"
  node.title = `${words.pick(source)} · ${t(`oversight.sure_${mark}`)}`
  return node
}

/** @type {Record<Sent.MeasureTold["provenance"], string>} */
const WHOSE = { 国家标准: "nation", 上级文件: "superior", 本市办法: "city", 本系统自定: "own" }
