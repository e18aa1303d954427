/* The rule book: every rule with its clause through all editions, what it judges, its cases, how often it has raised, what stands open; and
   the signs of the city, each with its formula, its thresholds, and how often others would have called. */

import { Bar, NEEDS } from "../common/bar.js"
import { arrange, el, fill, say } from "../common/dom.js"
import { listKey } from "../common/list_keys.js"
import { get } from "../common/server/get.js"
import { Link } from "../common/server/link.js"
import { hostOf, mountPage } from "../common/page.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Jobs } from "../replay/jobs/jobs.js"
import { Chosen } from "./chosen.js"
import { Filters, signOf } from "./filters.js"
import { List } from "./list.js"
import { SignPage } from "./sign.js"

const TICK = 250

/** Milliseconds after which what the log says of the rules is asked again, and a book that could not be read. */
const AGAIN = 2000

/**
 * Draw the page into a component's root; the answer takes it away again.
 * @param {ShadowRoot} root
 */
export const mount = (root) => mountPage(root, ["common/work.css", "rules/rules.css"], () => new Rules(hostOf(root)))

/** @typedef {{ days: number[], raised: Record<string, number[]>, open: Record<string, Sent.Counts>, alerts: Sent.Row[] }} Now what the log says of the rules */

class Rules {
  /** @type {Sent.Book | null} */
  book = null
  /** @type {Sent.SignsBook} */
  signs = { signs: {}, missing: {} }
  /** @type {Map<string, Sent.Rule>} */
  rules
  /** @type {Now | undefined} */
  now

  /** @param {HTMLElement} host */
  constructor(host) {
    this.bar = new Bar("rules", host)
    this.filters = new Filters(() => this.filter())
    this.list = new List((id) => this.choose(id))
    this.chosen = new Chosen()
    this.jobs = new Jobs(() => this.sign.whatif.draw(this.may))
    this.sign = new SignPage(this.jobs, (key) => this.choose(key))
    this.missing = el("details", "missing")
    this.asked = -Infinity
    this.trouble = el("p", "trouble", t("rules.reading"))
    this.trouble.role = "status"
    this.version = el("p", "version")
    const left = el("nav", "left", this.filters.node, this.list.node, this.missing, this.version)
    left.ariaLabel = t("rules.list")
    this.main = el("section", "main", this.trouble, this.chosen.node)
    this.main.ariaLabel = t("page.rules")
    this.node = el("div", `work rules ${words.language}`, this.bar.node, el("div", "two", left, this.main))
    this.keys = (/** @type {KeyboardEvent} */ event) => {
      if (this.book) listKey(event, this.filters.search, (by) => this.list.step(by))
    }
    addEventListener("keydown", this.keys)
    this.link = new Link((names) => this.heard(names), [...NEEDS, "jobs"])
    this.timer = setInterval(() => this.draw(), TICK)
  }

  /** Whether the person may ask for work over past time. */
  get may() {
    return this.link?.about.person?.may.includes("replay") ?? false
  }

  /** @param {string[]} names the sections that are new */
  heard(names) {
    if (names.includes("jobs") && this.may) this.jobs.take(this.link.sections.jobs)
    this.draw()
  }

  draw() {
    const fresh = this.bar.show(this.link)
    this.chosen.at(this.link.sections.time?.now ?? null, fresh.stale, this.link.about.pages)
    this.sign.clock = fresh.stale ? null : this.link.sections.time?.now ?? null
    if (this.sign.whatif.may !== this.may) this.sign.whatif.draw(this.may)
    if (performance.now() - this.asked < AGAIN) return
    this.asked = performance.now()
    if (this.book) this.ask()
    else this.read()
  }

  /** The book, once. */
  async read() {
    const [{ status, body }, signs] = await Promise.all([get("rules"), get("signs")])
    /** @type {Sent.Book & { error?: string }} */
    const told = body
    if (status !== 200) return say(this.trouble, `${t("rules.unread")}${words.pick(told?.error) || t("stale.screen")}`)
    this.book = told
    if (signs.status === 200) this.signs = signs.body
    this.trouble.hidden = true
    this.rules = new globalThis.Map(told.rules.map((rule) => [rule.id, rule]))
    say(this.version, `${t("rules.book")} ${told.hash.slice(0, 12)} · ${told.adopted ? `${t("rules.adopted")} ${words.moment(Date.parse(told.adopted))}` : t("rules.files")}`)
    this.filters.show(told, this.signs)
    this.list.show(told, this.signs)
    fill(this.missing, ...missing(this.signs))
    this.missing.hidden = !Object.keys(this.signs.missing).length
    this.filter()
    const { chosen } = this.filters
    this.choose(this.known(chosen) ? chosen : this.list.shown[0], !this.known(chosen))
    return this.ask()
  }

  /**
   * Whether there is a rule or sign of this key.
   * @param {string} key
   */
  known(key) {
    return this.rules.has(key) || Object.hasOwn(this.signs.signs, signOf(key))
  }

  /** What the log says of the rules and of the chosen sign now. */
  async ask() {
    const wanted = this.filters.rule
    if (this.filters.sign) this.sign.ask()
    const { status, body } = await get(`rules/now?${new URLSearchParams({ rule: wanted })}`)
    if (status !== 200) return
    /** @type {Now} */
    const now = body
    this.now = now
    this.list.count(now)
    this.sign.count(now)
    if (wanted && wanted === this.filters.rule) this.chosen.count(now)
  }

  filter() {
    if (!this.book) return
    this.list.filter((key) => this.filters.match(key))
    this.filters.say(this.list.shown.length, this.list.rows.size)
  }

  /**
   * Show a rule or sign; its address can be kept. `quiet`: the page chose it itself.
   * @param {string} key
   * @param {boolean} [quiet]
   */
  choose(key, quiet = false) {
    if (!this.book || !this.known(key)) return
    const [rule, id] = [this.rules.get(key), signOf(key)]
    this.filters.choose(key, quiet)
    this.list.choose(key)
    arrange(this.main, [this.trouble, rule ? this.chosen.node : this.sign.node])
    if (rule) {
      this.sign.hide()
      this.chosen.show(rule, this.book)
      if (this.now) this.chosen.count({ ...this.now, alerts: [] })
    } else {
      this.sign.show(id, this.signs.signs[id], this.book)
      if (this.now) this.sign.count(this.now)
    }
    this.asked = -Infinity
  }

  close() {
    clearInterval(this.timer)
    removeEventListener("keydown", this.keys)
    this.link.close()
    this.node.remove()
  }
}

/**
 * The signs of the trade that are not there, each with what it needs.
 * @param {Sent.SignsBook} signs
 */
function missing({ missing: found }) {
  const rows = Object.entries(found).flatMap(([id, { name, what, needs }]) => [el("dt", "", words.pick(name), el("small", "", id)), el("dd", "", words.pick(what), el("p", "", `${t("sign_page.needs")} ${words.pick(needs)}`))])
  return [el("summary", "", t("sign_page.missing"), el("small", "", String(Object.keys(found).length))), el("dl", "", ...rows)]
}
