/* A measure taken apart: by unit in the order of the city's own list, by kind of body, district, domain, kind of order, matter, month. Never by its figures. */

import { button, el, fill, say } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Beside } from "./beside/beside.js"
import { interval, intervalBar, leftOut, opens, shareOf, unitOf, value, worse } from "./figure.js"
import { VIEWS, WAYS, isView } from "./query.js"

/** Rows that are drawn at once; the others are counted. */
const MOST = 400

export class Split {
  /**
   * `turn(by)` is called when a person chooses a tab, `open(figure)` for the cases of a row, `narrow(by, key)` to look at it alone.
   * @param {(by: string) => void} turn
   * @param {(opened: import("./query.js").Opened) => void} open
   * @param {(by: string, key: string) => void} narrow
   */
  constructor(turn, open, narrow) {
    this.open = open
    this.narrow = narrow
    this.title = el("span", "t")
    this.small = el("small", "", t("oversight.listed_order"))
    this.beside = new Beside(open)
    this.tabs = [...WAYS, ...VIEWS].map((by) => ({ by, node: button("tab", () => turn(by), t(`oversight.by_${words.key(by)}`)) }))
    const tabs = el("span", "tabs", ...this.tabs.map(({ node }) => node))
    tabs.role = "group"
    tabs.ariaLabel = t("oversight.taken_apart")
    this.body = el("div", "body")
    this.body.tabIndex = -1
    this.node = el("section", "split", el("div", "ph", this.title, this.small, tabs), this.body)
    this.node.ariaLabel = t("oversight.taken_apart")
  }

  /**
   * @param {Sent.MeasureTold} measure
   * @param {Sent.OversightRows | null} told
   * @param {Sent.OversightBook} book
   * @param {string} by
   * @param {import("./query.js").Period} period
   * @param {Sent.Comparison | null | undefined} [compared] units beside each other, where that is looked at
   */
  show(measure, told, book, by, period, compared) {
    say(this.title, words.pick(measure.name))
    say(this.small, t(by === "unit" || isView(by) ? "oversight.listed_order" : "oversight.by_key"))
    for (const each of this.tabs) each.node.ariaPressed = String(each.by === by)
    if (isView(by)) {
      this.beside.show(measure, compared, by, period, book.whole)
      return this.body.firstElementChild === this.beside.node ? undefined : fill(this.body, this.beside.node)
    }
    if (!told) return fill(this.body, el("p", "none", t("oversight.reading")))
    const rows = told.rows.slice(0, MOST).map((each) => this.row(measure, each, book, by, period))
    const more = told.rows.length - rows.length
    const top = this.body.scrollTop
    fill(this.body, ...(rows.length ? rows : [el("p", "none", t(book.whole || book.own.length ? "oversight.no_rows" : "oversight.not_yours"))]), more > 0 ? el("p", "none", t("oversight.more").replace("{}", String(more))) : null)
    this.body.scrollTop = top
  }

  /**
   * @param {Sent.MeasureTold} measure
   * @param {Sent.KeyedFigure} row
   * @param {Sent.OversightBook} book
   * @param {string} by
   * @param {import("./query.js").Period} period
   */
  row(measure, row, book, by, { since, until }) {
    const { key, figure, before, year_before } = row
    const name = named(row, book, by)
    const way = (/** @type {string} */ behind) => () => this.open({ measure: measure.id, behind, since, until, way: by, key })
    const { count, of } = figure
    const out = leftOut(figure)
    const earlier = [before, year_before].map((each) => (each.of ? value(each, measure) : "—")).join(" · ")
    return el(
      "div",
      "srow row",
      by === "month" || !key ? el("span", "name", name) : opens(name, () => this.narrow(by, key), t("oversight.look_at"), "name"),
      el("span", "n", opens(words.number(count), count ? way("numerator") : null, `${name} ${t("oversight.numerator")}`, "b"), " / ", opens(words.number(of), of > count ? way("rest") : null, `${name} ${t("oversight.denominator")}`)),
      el("span", "n share", of ? shareOf(figure, measure, way(worse(measure))) : el("span", "nothing", t("oversight.no_share")), of ? ` ${unitOf(measure)}` : ""),
      measure.unit === "%" ? intervalBar(figure, measure) : el("span", "", figure.open ? `${t("oversight.still_open")} ${figure.open.count}` : ""),
      el("small", "n", interval(figure)),
      el("small", "n", opens(`${t("oversight.left_out")} ${out}`, out ? way("left-out") : null, name)),
      el("small", "n", earlier),
    )
  }
}

/**
 * What a row is called.
 * @param {Sent.KeyedFigure} row
 * @param {Sent.OversightBook} book
 * @param {string} by
 */
export function named({ key, name }, book, by) {
  if (!key) return t(NONE[by] ?? "oversight.unnamed")
  if (by === "unit") return words.pick(name) || key
  if (by === "unit-kind") return words.word(`oversight.body_${key}`) || key
  if (by === "kind") return words.pick(book.kinds[key]?.title) || key
  const known = by === "district" ? book.districts : by === "domain" ? book.domains : {}
  return words.pick(known[key]) || key
}

/**
 * What is said where a case has none.
 * @type {Record<string, string>}
 */
const NONE = { district: "oversight.no_district", matter: "oversight.no_matter" }
