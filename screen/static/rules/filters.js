/* Search and filters over the rules, kept in the address: `q`, `domain`, `phase`, `severity`, and the chosen `rule`. */

import { button, el, fill, option, say } from "../common/dom.js"
import { SEVERITIES, glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

const PHASES = ["in-process", "post-event"]
const KEPT = ["q", "domain", "phase", "severity", "rule"]

export class Filters {
  /** `changed()` is called when a person changes one of them. */
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
    this.chips = []
    const severities = SEVERITIES.map((each) => this.chip("severity", each, glyph(each, { size: 14 }), t(`severity.${each}`)))
    const phases = PHASES.map((each) => this.chip("phase", each, t(`panel.${words.key(each)}`)))
    this.found = el("p", "found")
    this.found.role = "status"
    const kinds = el("div", "chips", ...severities, el("span", "gap"), ...phases)
    this.node = el("search", "filters", el("div", "line", el("label", "field", this.search, el("kbd", "", "/"))), el("div", "line", this.domains, this.found), kinds)
    this.press()
  }

  /** A button that filters by one value, or by it no more. */
  chip(name, value, ...content) {
    const node = button("chip", () => this.set(name, this[name] === value ? "" : value))
    node.append(...content)
    this.chips.push([node, name, value])
    return node
  }

  press() {
    for (const [node, name, value] of this.chips) node.ariaPressed = String(this[name] === value)
  }

  set(name, value) {
    this[name] = value
    this.press()
    this.keep()
    this.changed()
  }

  /** Remember the chosen rule; one that the page chose itself does not stand in the address. */
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

  /** The domains to choose from, and what is searched of each rule. */
  show({ domains, clauses, departments, rules }) {
    this.names = domains
    fill(this.domains, option("", t("rules.every")), ...Object.entries(domains).map(([name, { title }]) => option(name, words.pick(title))))
    this.domains.value = this.domain
    this.texts = new globalThis.Map(rules.map((rule) => [rule.id, searched(rule, clauses[rule.rule.clause], departments[rule.rule.department])]))
  }

  /** Whether a rule has every word of the search, and is of the chosen domain, phase and severity. */
  match({ id, domain, rule }) {
    const wanted = this.q.toLowerCase().split(/\s+/).filter(Boolean)
    const text = this.texts.get(id)
    return (!this.domain || domain === this.domain) && (!this.phase || rule.phase === this.phase) && (!this.severity || rule.severity === this.severity) && wanted.every((word) => text.includes(word))
  }

  say(shown, all) {
    say(this.found, `${shown} / ${all} ${t("rules.count")}`)
  }
}

/** Titles, texts of every edition, names and numbers of a rule, in both languages. */
function searched({ id, rule }, clause, department) {
  const editions = clause.edition.flatMap(({ edition, article, text }) => [edition, article, text.zh, text.en])
  const both = (text) => [text.zh, text.en]
  return [id, rule.row, rule.clause, clause.standard, ...both(rule.title), ...both(rule.guidance), ...both(clause.title), ...both(department.name), ...editions].join("\n").toLowerCase()
}
