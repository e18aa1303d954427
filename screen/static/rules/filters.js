/* Search and filters over the rules, kept in the address: `q`, `domain`, `phase`, `severity`, and the chosen `rule`. */

import { button, el, fill, option, say } from "../common/dom.js"
import { SEVERITIES, glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { matches, searched } from "./search.js"

/** @type {Sent.Phase[]} */
const PHASES = ["in-process", "post-event"]
/** @type {("q" | "domain" | "phase" | "severity" | "rule")[]} */
const KEPT = ["q", "domain", "phase", "severity", "rule"]

export class Filters {
  /** @type {Map<string, string>} */
  texts
  /** @type {Sent.Book["domains"]} */
  names
  /** @type {boolean} */
  quiet
  /** @type {string} */
  q = ""
  /** @type {string} */
  domain = ""
  /** @type {string} */
  phase = ""
  /** @type {string} */
  severity = ""
  /** @type {string} */
  rule = ""

  /**
   * `changed()` is called when a person changes one of them.
   * @param {() => void} changed
   */
  constructor(changed) {
    this.changed = changed
    const asked = new URLSearchParams(location.search)
    for (const name of KEPT) this[name] = asked.get(name) ?? ""
    this.search = el("input", "search")
    Object.assign(this.search, { type: "search", value: this.q, placeholder: t("rules.search"), maxLength: 100 })
    this.search.ariaLabel = t("rules.search")
    this.search.oninput = () => this.set("q", this.search.value)
    this.domains = el("select", "domain")
    this.domains.ariaLabel = t("rules.domain")
    this.domains.onchange = () => this.set("domain", this.domains.value)
    /** @type {[node: HTMLButtonElement, name: "phase" | "severity", value: string][]} */
    this.chips = []
    const severities = SEVERITIES.map((each) => this.chip("severity", each, glyph(each, { size: 14 }), t(`severity.${each}`)))
    const phases = PHASES.map((each) => this.chip("phase", each, t(`panel.${words.key(each)}`)))
    this.found = el("p", "found")
    this.found.role = "status"
    const kinds = el("div", "chips", ...severities, el("span", "gap"), ...phases)
    this.node = el("search", "filters", el("div", "line", el("label", "field", this.search, el("kbd", "", "/"))), el("div", "line", this.domains, this.found), kinds)
    this.press()
  }

  /**
   * A button that filters by one value, or by it no more.
   * @param {"phase" | "severity"} name
   * @param {string} value
   * @param {...(Node | string)} content
   */
  chip(name, value, ...content) {
    const node = button("chip", () => this.set(name, this[name] === value ? "" : value))
    node.append(...content)
    for (const mark of node.querySelectorAll("svg")) mark.ariaHidden = "true" // its severity stands beside it
    this.chips.push([node, name, value])
    return node
  }

  press() {
    for (const [node, name, value] of this.chips) node.ariaPressed = String(this[name] === value)
  }

  /**
   * @param {"q" | "domain" | "phase" | "severity"} name
   * @param {string} value
   */
  set(name, value) {
    this[name] = value
    this.press()
    this.keep()
    this.changed()
  }

  /**
   * Remember the chosen rule; one that the page chose itself does not stand in the address.
   * @param {string} id
   * @param {boolean} quiet
   */
  choose(id, quiet) {
    this.rule = id
    this.quiet = quiet
    this.keep()
  }

  keep() {
    const address = new URL(location.href)
    for (const name of KEPT) {
      if (this[name] && !(name === "rule" && this.quiet)) address.searchParams.set(name, this[name])
      else address.searchParams.delete(name)
    }
    history.replaceState(history.state, "", address)
  }

  /**
   * The domains to choose from, and what is searched of each rule.
   * @param {Sent.Book} book
   */
  show({ domains, clauses, departments, rules }) {
    this.names = domains
    fill(this.domains, option("", t("rules.every")), ...Object.entries(domains).map(([name, { title }]) => option(name, words.pick(title))))
    this.domains.value = this.domain
    this.texts = new globalThis.Map(rules.map((rule) => [rule.id, searched(rule, clauses[rule.rule.clause], departments[rule.rule.department])]))
  }

  /**
   * Whether a rule is looked for.
   * @param {Sent.Rule} rule
   */
  match(rule) {
    return matches(rule, this.texts.get(rule.id) ?? "", this)
  }

  /**
   * @param {number} shown
   * @param {number} all
   */
  say(shown, all) {
    say(this.found, `${shown} / ${all} ${t("rules.count")}`)
  }
}
