/* The list of types by domain: name, how many fields, personal mark, how far its level is settled, trouble of a source. */

import { button, el, fill, say } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { searched } from "./search.js"

/** @typedef {{ type: Sent.DirectoryType, text: string, item: HTMLElement, node: HTMLButtonElement, trouble: HTMLElement }} Row */

/** @type {Sent.Rank["status"][]} */
export const STATES = ["proposed", "declared", "confirmed"]

/**
 * Three cells for how far a level is settled, said in words too.
 * @param {Sent.Rank} rank
 */
export function settled({ status }) {
  const node = el("span", "settled", ...STATES.map((_, n) => el("i", n <= STATES.indexOf(status) ? "on" : "")))
  node.role = "img"
  node.ariaLabel = t(`directory.${status}`)
  return node
}

export class List {
  /** @type {Row[]} */
  rows = []
  /** @type {string[]} */
  shown = []
  /** @type {{ rows: Row[], count: HTMLElement, node: HTMLElement }[]} */
  groups = []
  chosen = ""

  /**
   * `choose(type)` is called when a person chooses a type.
   * @param {(type: string) => void} choose
   */
  constructor(choose) {
    this.choosing = choose
    this.total = el("small")
    this.none = el("p", "none", t("directory.nothing"))
    this.none.hidden = true
    this.body = el("div", "groups")
    const legend = el("p", "legend", ...STATES.flatMap((status) => [settled(/** @type {Sent.Rank} */ ({ status })), t(`directory.${status}`)]))
    this.node = el("div", "list", el("h2", "head", t("directory.types"), this.total), this.body, this.none, legend)
  }

  /** @param {Sent.Directory} told */
  show({ groups, types }) {
    this.groups = groups.map(({ name, title }) => {
      const rows = types.filter(({ group }) => group === name).map((type) => this.row(type))
      this.rows.push(...rows)
      const count = el("small")
      return { rows, count, node: el("section", "", el("h3", "", words.pick(title), " ", count), el("ul", "", ...rows.map(({ item }) => item))) }
    })
    fill(this.body, ...this.groups.map(({ node }) => node))
    say(this.total, t("directory.total").replace("{}", String(groups.length)).replace("{}", String(types.length)).replace("{}", String(types.reduce((sum, { fields }) => sum + fields.length, 0))))
  }

  /** @param {Sent.DirectoryType} type */
  row(type) {
    const node = button("type", () => this.choosing(type.type))
    const trouble = el("span", "trouble")
    const mark = type.personal === "none" ? "" : t(`directory.short_${type.personal}`)
    node.append(el("span", "t", words.pick(type.title)), el("b", "", String(type.items)), el("span", "mark", mark), settled(type.rank), trouble)
    node.title = `${words.pick(type.title)} · ${type.type}`
    node.tabIndex = -1
    return { type, text: searched(type), item: el("li", "", node), node, trouble }
  }

  /**
   * Show only the types that match.
   * @param {(row: Row) => boolean} match
   */
  filter(match) {
    this.shown = []
    for (const { rows, node, count } of this.groups) {
      const found = rows.filter(match)
      for (const row of rows) row.item.hidden = !found.includes(row)
      node.hidden = !found.length
      say(count, found.length)
      this.shown.push(...found.map(({ type }) => type.type))
    }
    this.none.hidden = this.shown.length > 0
    this.reach()
  }

  /** @param {Set<string>} troubled */
  mark(troubled) {
    for (const { type, trouble } of this.rows) {
      if (troubled.has(type.type) === trouble.hasChildNodes()) continue
      fill(trouble, ...(troubled.has(type.type) ? [glyph("orange", { size: 12 })] : []))
    }
  }

  /** @param {string} type */
  choose(type) {
    this.chosen = type
    for (const row of this.rows) {
      const ours = row.type.type === type
      row.node.ariaCurrent = ours ? "true" : null
      if (ours) row.node.scrollIntoView({ block: "nearest" })
    }
    this.reach()
  }

  /** One row is in the order of Tab: the chosen one, else the first. */
  reach() {
    const first = this.shown.includes(this.chosen) ? this.chosen : this.shown[0]
    for (const { type, node } of this.rows) node.tabIndex = type.type === first ? 0 : -1
  }

  /**
   * To the next type of the list, or the one before.
   * @param {number} by
   */
  step(by) {
    const next = this.shown[Math.min(Math.max(this.shown.indexOf(this.chosen) + by, 0), this.shown.length - 1)]
    if (!next) return
    this.choosing(next)
    this.rows.find(({ type }) => type.type === next)?.node.focus()
  }
}
