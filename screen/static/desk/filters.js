/* Search and filters of the list, with the number of alerts beside each; the address holds them, so that a link is the same list. */

import { button, el, fill, option, say } from "../common/dom.js"
import { SEVERITIES, glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { FACETS, GROUPS, asked, choices, isOpen, read, toggled, written } from "./query.js"

const PHASES = ["in-process", "post-event"]
const CHOICES = /** @type {const} */ (["domain", "department", "district"])

/** Milliseconds after the last key before a search is asked for. */
const PAUSE = 150

/** @typedef {{ node: HTMLButtonElement, count: HTMLElement, facet: import("./query.js").Facet, value: string | null }} Chip */

export class Filters {
  /** @type {Record<import("./query.js").Facet, Record<string, number>> | undefined} */
  counts
  /** @type {number} */
  timer
  /** @type {Partial<Record<import("./query.js").Facet, Record<string, Sent.Text>>>} */
  names = {}
  /** @type {Record<string, Chip>} */
  chips = {}
  /** @type {Record<string, string>} */
  drawn = {}

  /**
   * `changed(query)` is called with every change.
   * @param {(query: import("./query.js").Query) => void} changed
   */
  constructor(changed) {
    this.changed = changed
    this.query = read(new URLSearchParams(location.search))
    this.search = Object.assign(el("input", "in"), { type: "search", placeholder: t("desk.search"), maxLength: 200, value: this.query.search })
    this.search.ariaLabel = t("desk.search")
    this.search.oninput = () => this.typed()
    const severities = SEVERITIES.map((value) => this.chip("severity", value, t(`desk_severity.${value}`), glyph(value, { size: 14 })))
    const phases = el("span", "seg", this.segment(null), ...PHASES.map((phase) => this.segment(phase)))
    const groups = GROUPS.map((value) => this.chip("group", value, t(`desk_group.${words.key(value)}`)))
    this.selects = Object.fromEntries(CHOICES.map((facet) => [facet, this.choice(facet)]))
    this.reset = button("chip reset", () => this.clear(), t("desk.reset"))
    const box = el("div", "search", this.search, el("kbd", "", "/"))
    this.node = el("div", "filters", box, el("div", "f", ...severities, phases), el("div", "f", ...groups), el("div", "f", ...Object.values(this.selects), this.reset))
    this.node.role = "group"
    this.node.ariaLabel = t("desk.filters")
    this.press()
  }

  /** Write another search. */
  focus() {
    this.search.focus()
    this.search.select()
  }

  /**
   * @param {import("./query.js").Facet} facet
   * @param {string} value
   * @param {string} text
   * @param {Element | null} [mark]
   */
  chip(facet, value, text, mark = null) {
    const count = el("b", "", "0")
    const node = button("chip", () => this.toggle(facet, value))
    node.append(...(mark ? [mark] : []), el("span", "", text), count)
    node.dataset.facet = `${facet} ${value}`
    this.chips[node.dataset.facet] = { node, count, facet, value }
    return node
  }

  /** @param {string | null} phase */
  segment(phase) {
    const count = el("b", "", "0")
    const node = button("", () => this.set("phase", phase ? [phase] : []))
    node.append(el("span", "", phase ? t(`desk_phase.${words.key(phase)}`) : t("desk.all")), count)
    this.chips[`phase ${phase ?? ""}`] = { node, count, facet: "phase", value: phase }
    return node
  }

  /** @param {import("./query.js").Facet} facet */
  choice(facet) {
    const node = el("select", "chip")
    node.ariaLabel = t(`desk.${facet}`)
    node.onchange = () => this.set(facet, node.value ? [node.value] : [])
    return node
  }

  /**
   * @param {import("./query.js").Facet} facet
   * @param {string} value
   */
  toggle(facet, value) {
    this.set(facet, toggled(this.query[facet], value))
  }

  /**
   * @param {import("./query.js").Facet} facet
   * @param {string[]} values
   */
  set(facet, values) {
    this.query[facet] = values
    this.told()
  }

  clear() {
    for (const facet of FACETS) this.query[facet] = []
    this.search.value = this.query.search = ""
    this.told()
  }

  typed() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.query.search = this.search.value
      this.told()
    }, PAUSE)
  }

  told() {
    for (const [name, value] of written(this.query)) keep(name, value)
    this.press()
    this.changed(this.asked())
  }

  /** The query as the server takes it. */
  asked() {
    return asked(this.query)
  }

  press() {
    for (const { node, facet, value } of Object.values(this.chips)) {
      const chosen = this.query[facet]
      node.ariaPressed = String(value === null ? !chosen.length : chosen.includes(value))
    }
    this.reset.hidden = isOpen(this.query)
    this.list()
  }

  /**
   * `names`: those of domains, departments and districts, by id.
   * @param {Partial<Record<import("./query.js").Facet, Record<string, Sent.Text>>>} names
   */
  name(names) {
    this.names = names
    this.list()
  }

  /** @param {Record<import("./query.js").Facet, Record<string, number>>} counts */
  show(counts) {
    this.counts = counts
    for (const { count, facet, value } of Object.values(this.chips)) {
      const all = Object.values(counts[facet]).reduce((sum, each) => sum + each, 0)
      say(count, value === null ? all : counts[facet][value] ?? 0)
    }
    this.list()
  }

  list() {
    const { counts } = this
    if (!counts) return
    for (const facet of CHOICES) {
      const node = this.selects[facet]
      const [chosen] = this.query[facet]
      const known = choices(counts[facet], chosen)
      const key = JSON.stringify([chosen, known, Object.keys(this.names)])
      if (this.drawn[facet] === key) continue
      this.drawn[facet] = key
      fill(node, option("", t(`desk.${facet}`)), ...known.map(([value, count]) => option(value, `${words.pick(this.names[facet]?.[value]) || value} ${count}`)))
      node.value = chosen ?? ""
      node.classList.toggle("on", Boolean(chosen))
    }
  }
}

/**
 * Put a word into the address, or take it out; the page is the same one.
 * @param {string} name
 * @param {string} value
 */
export function keep(name, value) {
  const address = new URL(location.href)
  if (value) address.searchParams.set(name, value)
  else address.searchParams.delete(name)
  if (address.href !== location.href) history.replaceState(history.state, "", address)
}
