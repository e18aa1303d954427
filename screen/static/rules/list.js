/* The list of rules by domain and row, each with how often it has raised in the last days; rows stay in the document. */

import { button, el, fill, say } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** @typedef {{ rule: Sent.Rule, item: HTMLElement, node: HTMLButtonElement, today: HTMLElement, days: HTMLElement }} Made */

export class List {
  /** @type {Map<string, Made>} */
  rows = new globalThis.Map()
  /** @type {string[]} */
  shown = []
  /** @type {{ rows: Made[], count: HTMLElement, node: HTMLElement }[]} */
  groups
  /** @type {string} */
  chosen
  /** @type {boolean} */
  placed

  /**
   * `choose(id)` is called when a person chooses a rule.
   * @param {(id: string) => void} choose
   */
  constructor(choose) {
    this.choosing = choose
    this.none = el("p", "none", t("rules.none"))
    this.none.hidden = true
    this.body = el("div", "groups")
    const head = el("div", "heads", el("span", "", t("rules.heading")), el("span", "", t("rules.today")), el("span", "", t("rules.days")))
    this.node = el("div", "list", head, this.body, this.none)
  }

  /** @param {Sent.Book} book */
  show({ rules, domains, clauses }) {
    this.groups = Object.entries(domains).map(([name, { title }]) => {
      const rows = rules.filter((rule) => rule.domain === name).map((rule) => this.row(rule, clauses))
      const count = el("small")
      return { rows, count, node: el("section", "", el("h2", "", words.pick(title), " ", count), el("ul", "", ...rows.map((row) => row.item))) }
    })
    fill(this.body, ...this.groups.map(({ node }) => node))
  }

  /**
   * @param {Sent.Rule} rule
   * @param {Sent.Book["clauses"]} clauses
   */
  row(rule, clauses) {
    const { id, rule: { title, severity, phase, row, clause } } = rule
    const [today, days] = [el("b"), el("b")]
    const edition = clauses[clause].edition.at(-1)?.edition ?? null
    const node = button("rule", () => this.choosing(id))
    node.append(glyph(severity, { phase, size: 16 }), el("span", "id", row), el("span", "t", words.pick(title)), el("span", "c", edition), today, days)
    node.dataset.rule = id
    node.title = words.pick(title)
    node.tabIndex = -1
    const made = { rule, item: el("li", "", node), node, today, days }
    this.rows.set(id, made)
    return made
  }

  /**
   * Show only the rules that match.
   * @param {(rule: Sent.Rule) => boolean} match
   */
  filter(match) {
    this.shown = []
    for (const { rows, node, count } of this.groups) {
      const found = rows.filter(({ rule }) => match(rule))
      for (const row of rows) row.item.hidden = !found.includes(row)
      node.hidden = !found.length
      say(count, found.length)
      this.shown.push(...found.map(({ rule }) => rule.id))
    }
    this.none.hidden = this.shown.length > 0
    this.reach()
  }

  /**
   * Today's and all days' counts; nothing is grey.
   * @param {{ raised: Record<string, number[]> }} now
   */
  count({ raised }) {
    for (const [id, { today, days }] of this.rows) {
      const counts = raised[id] ?? [0]
      tell(today, counts[counts.length - 1])
      tell(days, counts.reduce((sum, each) => sum + each, 0))
    }
  }

  /** @param {string} id */
  choose(id) {
    this.rows.get(this.chosen)?.node.removeAttribute("aria-current")
    this.chosen = id
    const node = this.rows.get(id)?.node
    if (!node) return
    node.ariaCurrent = "true"
    node.scrollIntoView({ block: this.placed ? "nearest" : "center" })
    this.placed = true
    this.reach()
  }

  /** One row is in the order of Tab: the chosen one, else the first. */
  reach() {
    for (const { node } of this.rows.values()) node.tabIndex = -1
    const first = this.shown.includes(this.chosen) ? this.chosen : this.shown[0]
    const row = this.rows.get(first)
    if (row) row.node.tabIndex = 0
  }

  /**
   * To the next rule of the list, or the one before.
   * @param {number} by
   */
  step(by) {
    const at = this.shown.indexOf(this.chosen)
    const next = this.shown[Math.min(Math.max(at + by, 0), this.shown.length - 1)]
    if (!next) return
    this.choosing(next)
    this.rows.get(next)?.node.focus()
  }
}

/**
 * @param {HTMLElement} node
 * @param {number} count
 */
function tell(node, count) {
  say(node, count || "·")
  node.className = count ? "" : "z"
}
