/* The list of rules by domain and row, then of the signs of the city, each with how often it has raised in the last days; rows stay in the document. */

import { button, el, fill, say } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { seal } from "../wall/signs/reading.js"
import { signKey } from "./filters.js"

/** @typedef {{ key: string, raises: string[], item: HTMLElement, node: HTMLButtonElement, today: HTMLElement, days: HTMLElement }} Made `raises`: the rules whose raises count */

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
   * `choose(key)` is called when a person chooses a rule or a sign.
   * @param {(key: string) => void} choose
   */
  constructor(choose) {
    this.choosing = choose
    this.none = el("p", "none", t("rules.none"))
    this.none.hidden = true
    this.body = el("div", "groups")
    const head = el("div", "heads", el("span", "", t("rules.heading")), el("span", "", t("rules.today")), el("span", "", t("rules.days")))
    this.node = el("div", "list", head, this.body, this.none)
  }

  /**
   * @param {Sent.Book} book
   * @param {Sent.SignsBook} signs
   */
  show({ rules, domains, clauses }, { signs }) {
    const ofSigns = Object.entries(signs).map(([id, sign]) => this.sign(id, sign))
    const ofRules = Object.entries(domains).map(([name, { title }]) => group(words.pick(title), rules.filter((rule) => rule.domain === name).map((rule) => this.rule(rule, clauses))))
    this.groups = [...ofRules, ...(ofSigns.length ? [group(t("sign_page.signs"), ofSigns)] : [])]
    fill(this.body, ...this.groups.map(({ node }) => node))
  }

  /**
   * @param {Sent.Rule} rule
   * @param {Sent.Book["clauses"]} clauses
   */
  rule({ id, rule: { title, severity, phase, row, clause } }, clauses) {
    const edition = clauses[clause].edition.at(-1)?.edition ?? ""
    return this.row(id, [id], glyph(severity, { phase, size: 16 }), row, words.pick(title), edition)
  }

  /**
   * @param {string} id
   * @param {Sent.SignSpec} sign
   */
  sign(id, { name, rules, provenance, mark, unit }) {
    const made = this.row(signKey(id), rules, null, words.measure(unit), words.pick(name), t(`signs.whose_${seal({ provenance, mark })?.whose}`))
    made.node.dataset.sign = id
    return made
  }

  /**
   * @param {string} key
   * @param {string[]} raises
   * @param {Node | null} mark
   * @param {string} id
   * @param {string} title
   * @param {string} by
   */
  row(key, raises, mark, id, title, by) {
    const [today, days] = [el("b"), el("b")]
    const node = button("rule", () => this.choosing(key))
    node.append(mark ?? el("span"), el("span", "id", id), el("span", "t", title), el("span", "c", by), today, days)
    node.dataset.rule = key
    node.title = title
    node.tabIndex = -1
    const made = { key, raises, item: el("li", "", node), node, today, days }
    this.rows.set(key, made)
    return made
  }

  /**
   * Show only the rules and signs that match.
   * @param {(key: string) => boolean} match
   */
  filter(match) {
    this.shown = []
    for (const { rows, node, count } of this.groups) {
      const found = rows.filter(({ key }) => match(key))
      for (const row of rows) row.item.hidden = !found.includes(row)
      node.hidden = !found.length
      say(count, found.length)
      this.shown.push(...found.map(({ key }) => key))
    }
    this.none.hidden = this.shown.length > 0
    this.reach()
  }

  /**
   * Today's and all days' counts; nothing is grey.
   * @param {{ raised: Record<string, number[]> }} now
   */
  count({ raised }) {
    for (const { raises, today, days } of this.rows.values()) {
      const counts = raises.map((rule) => raised[rule] ?? [0])
      tell(today, sum(counts.map((each) => each[each.length - 1])))
      tell(days, sum(counts.flat()))
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
 * @param {string} title
 * @param {Made[]} rows
 */
function group(title, rows) {
  const count = el("small")
  return { rows, count, node: el("section", "", el("h2", "", title, " ", count), el("ul", "", ...rows.map(({ item }) => item))) }
}

/** @param {number[]} counts */
const sum = (counts) => counts.reduce((all, each) => all + each, 0)

/**
 * @param {HTMLElement} node
 * @param {number} count
 */
function tell(node, count) {
  say(node, count || "·")
  node.className = count ? "" : "z"
}
