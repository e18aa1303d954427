/* Search, tabs and filters of the list, with how many orders each tab would show; the address holds them all. */

import { button, el, fill, option, say } from "../common/dom.js"
import { keep } from "../desk/filters.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { DUE, FACETS, OWN_TABS, TABS, read, standing, written } from "./query.js"

/** Milliseconds after the last key before a search is asked for. */
const PAUSE = 150
const WHOSE = ["mine", "own", ""]

export class Filters {
  /** @type {number | undefined} */
  timer
  /** @type {Record<string, [value: string, count: number, name: Sent.Text | null][]>} */
  facets = {}
  /** @type {string} */
  drawn = ""
  /** @type {Record<string, number>} */
  groups = {}
  own = false
  /** @type {{ district: Record<string, Sent.Text>, kind: Record<string, { title: Sent.Text }> }} */
  names = { district: {}, kind: {} }

  /**
   * `changed(query)` is called with every change; `bulk()` signs what is chosen, or all that may be signed here.
   * @param {(query: import("./query.js").Query) => void} changed
   * @param {() => void} bulk
   */
  constructor(changed, bulk) {
    this.changed = changed
    this.query = read(new URLSearchParams(location.search))
    this.search = Object.assign(el("input", "in"), { type: "search", placeholder: t("orders.search"), maxLength: 200, value: this.query.search, oninput: () => this.typed() })
    this.search.ariaLabel = t("orders.search")
    this.tabs = el("div", "tabs")
    this.tabs.role = "tablist"
    this.whose = el("span", "seg", ...WHOSE.map((whose) => this.segment(whose)))
    this.selects = Object.fromEntries([...FACETS, "due"].map((name) => [name, this.choice(/** @type {"due"} */ (name))]))
    this.bulk = button("chip", bulk)
    this.bulk.append(el("kbd", "", "X"), el("span", "", t("orders.bulk_sign")))
    const box = el("div", "search", this.search, el("kbd", "", "/"))
    this.node = el("div", "filters", box, this.tabs, el("div", "f", this.whose, el("span", "choices", ...Object.values(this.selects)), this.bulk))
    this.node.role = "group"
    this.node.ariaLabel = t("desk.filters")
    this.show({}, {}, { district: {}, kind: {} })
  }

  focus() {
    this.search.focus()
    this.search.select()
  }

  /** @param {string} whose */
  segment(whose) {
    const node = button("", () => this.set("whose", whose), t(`orders.whose_${whose || "all"}`))
    node.dataset.whose = whose
    return node
  }

  /** @param {"kind" | "unit" | "district" | "due"} name */
  choice(name) {
    const node = el("select", "chip")
    node.ariaLabel = t(`orders.by_${name}`)
    node.onchange = () => this.set(name, node.value)
    node.onblur = () => this.again()
    return node
  }

  /**
   * @param {keyof import("./query.js").Query} name
   * @param {string} value
   */
  set(name, value) {
    this.query[name] = value
    for (const [parameter, text] of written(this.query)) keep(parameter, text)
    this.drawn = ""
    this.changed(this.query)
  }

  typed() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.set("search", this.search.value), PAUSE)
  }

  /**
   * @param {Record<string, number>} groups
   * @param {Record<string, [value: string, count: number, name: Sent.Text | null][]>} facets
   * @param {{ district: Record<string, Sent.Text>, kind: Record<string, { title: Sent.Text }> }} names
   */
  show(groups, facets, names) {
    const key = JSON.stringify([groups, facets, this.query, this.own, Object.keys(names.kind).length])
    if (key === this.drawn) return
    this.drawn = key
    Object.assign(this, { groups, facets, names })
    fill(this.tabs, ...(this.own ? OWN_TABS : TABS).map((group) => this.tab(group, group ? groups[group] ?? 0 : standing(groups))))
    for (const node of /** @type {HTMLElement[]} */ ([...this.whose.children])) node.ariaPressed = String(node.dataset.whose === this.query.whose)
    /** @param {string} facet @param {string} value @param {Sent.Text | null} name */
    const called = (facet, value, name) => words.pick(name) || words.pick(facet === "kind" ? names.kind[value]?.title : names.district[value]) || value
    for (const facet of FACETS) this.list(facet, (facets[facet] ?? []).map(([value, count, name]) => [value, `${called(facet, value, name)} ${count}`]))
    this.list("due", DUE.map((days) => [days, t(`orders.due_${days}`)]))
  }

  /** Draw anew what stood still while somebody chose. */
  again() {
    this.drawn = ""
    this.show(this.groups, this.facets, this.names)
  }

  /**
   * @param {string} group
   * @param {number} count
   */
  tab(group, count) {
    const node = button("", () => this.set("group", group))
    node.append(el("span", "", group ? t(`order_group.${group}`) : t("orders.all")), el("b", "", words.number(count, 0)))
    Object.assign(node, { role: "tab", ariaSelected: String(group === this.query.group) })
    node.dataset.group = group
    return node
  }

  /**
   * @param {"kind" | "unit" | "district" | "due"} name
   * @param {[value: string, text: string][]} values
   */
  list(name, values) {
    const node = this.selects[name]
    if (node.matches(":focus")) return // it may stand open: what changes would close it
    const chosen = this.query[name]
    const known = values.some(([value]) => value === chosen) || !chosen ? values : [...values, /** @type {[string, string]} */ ([chosen, chosen])]
    fill(node, option("", t(`orders.by_${name}`)), ...known.map(([value, text]) => option(value, text)))
    node.value = chosen
    node.classList.toggle("on", Boolean(chosen))
  }

  /**
   * @param {number} chosen
   * @param {boolean} armed
   */
  count(chosen, armed) {
    say(this.bulk.children[1], `${t(armed ? "orders.bulk_again" : "orders.bulk_sign")}${chosen ? ` ${chosen}` : ""}`)
    this.bulk.disabled = !chosen
  }
}
