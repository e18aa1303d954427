/* Search and filters over the rules and signs, kept in the address: `q`, `domain`, `phase`, `severity`, and the chosen `rule` or `sign`. */

import { button, el, fill, option, say } from "../common/dom.js"
import { SEVERITIES, glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { matches, matchesSign, searched, searchedSign } from "./search.js"

/** @type {Sent.Phase[]} */
const PHASES = ["in-process", "post-event"]
/** @type {("q" | "domain" | "phase" | "severity" | "rule" | "sign")[]} */
const KEPT = ["q", "domain", "phase", "severity", "rule", "sign"]

/** What stands before the id of a sign where rules have theirs: no rule's id has a colon. */
const SIGN = "sign:"

/**
 * The key of a sign among the rules.
 * @param {string} id
 */
export const signKey = (id) => `${SIGN}${id}`

/**
 * The id of a sign of its key, or nothing where that is a rule's.
 * @param {string} key
 */
export const signOf = (key) => (key.startsWith(SIGN) ? key.slice(SIGN.length) : "")

export class Filters {
  /** @type {Map<string, () => boolean>} whether what has a key is looked for */
  finders
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
  /** @type {string} */
  sign = ""

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

  /** The key of what is chosen. */
  get chosen() {
    return this.sign ? signKey(this.sign) : this.rule
  }

  /**
   * Remember the chosen rule or sign; one that the page chose itself does not stand in the address.
   * @param {string} key
   * @param {boolean} quiet
   */
  choose(key, quiet) {
    this.sign = signOf(key)
    this.rule = this.sign ? "" : key
    this.quiet = quiet
    this.keep()
  }

  keep() {
    const address = new URL(location.href)
    for (const name of KEPT) {
      if (this[name] && !((name === "rule" || name === "sign") && this.quiet)) address.searchParams.set(name, this[name])
      else address.searchParams.delete(name)
    }
    history.replaceState(history.state, "", address)
  }

  /**
   * The domains to choose from, and what is searched of each rule and sign.
   * @param {Sent.Book} book
   * @param {Sent.SignsBook} signs
   */
  show({ domains, clauses, departments, rules }, { signs }) {
    this.names = domains
    fill(this.domains, option("", t("rules.every")), ...Object.entries(domains).map(([name, { title }]) => option(name, words.pick(title))))
    this.domains.value = this.domain
    this.finders = new globalThis.Map()
    for (const rule of rules) {
      const text = searched(rule, clauses[rule.rule.clause], departments[rule.rule.department])
      this.finders.set(rule.id, () => matches(rule, text, this))
    }
    for (const [id, sign] of Object.entries(signs)) {
      const text = searchedSign(id, sign)
      this.finders.set(signKey(id), () => matchesSign(sign, text, this))
    }
  }

  /**
   * Whether a rule or sign is looked for.
   * @param {string} key
   */
  match(key) {
    return this.finders.get(key)?.() ?? false
  }

  /**
   * @param {number} shown
   * @param {number} all
   */
  say(shown, all) {
    say(this.found, `${shown} / ${all} ${t("rules.count")}`)
  }
}
