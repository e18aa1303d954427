/* The rule book: every rule with its clause through all editions, what it judges, its cases, how often it has raised, what stands open. */

import { Bar, NEEDS } from "../common/bar.js"
import { el, say } from "../common/dom.js"
import { listKey } from "../common/list_keys.js"
import { get } from "../common/server/get.js"
import { Link } from "../common/server/link.js"
import { hostOf, mountPage } from "../common/page.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Chosen } from "./chosen.js"
import { Filters } from "./filters.js"
import { List } from "./list.js"

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
    this.asked = -Infinity
    this.trouble = el("p", "trouble", t("rules.reading"))
    this.trouble.role = "status"
    this.version = el("p", "version")
    const left = el("nav", "left", this.filters.node, this.list.node, this.version)
    left.ariaLabel = t("rules.list")
    const main = el("section", "main", this.trouble, this.chosen.node)
    main.ariaLabel = t("page.rules")
    this.node = el("div", `work rules ${words.language}`, this.bar.node, el("div", "two", left, main))
    this.keys = (/** @type {KeyboardEvent} */ event) => {
      if (this.book) listKey(event, this.filters.search, (by) => this.list.step(by))
    }
    addEventListener("keydown", this.keys)
    this.link = new Link(() => this.draw(), NEEDS)
    this.timer = setInterval(() => this.draw(), TICK)
  }

  draw() {
    const fresh = this.bar.show(this.link)
    this.chosen.at(this.link.sections.time?.now ?? null, fresh.stale, this.link.about.pages)
    if (performance.now() - this.asked < AGAIN) return
    this.asked = performance.now()
    if (this.book) this.ask()
    else this.read()
  }

  /** The book, once. */
  async read() {
    const { status, body } = await get("rules")
    /** @type {Sent.Book & { error?: string }} */
    const told = body
    if (status !== 200) return say(this.trouble, `${t("rules.unread")}${words.pick(told?.error) || t("stale.screen")}`)
    this.book = told
    this.trouble.hidden = true
    this.rules = new globalThis.Map(told.rules.map((rule) => [rule.id, rule]))
    say(this.version, `${t("rules.book")} ${told.hash.slice(0, 12)} · ${told.adopted ? `${t("rules.adopted")} ${words.moment(Date.parse(told.adopted))}` : t("rules.files")}`)
    this.filters.show(told)
    this.list.show(told)
    this.filter()
    const { rule } = this.filters
    this.choose(this.rules.has(rule) ? rule : this.list.shown[0], !this.rules.has(rule))
    return this.ask()
  }

  /** What the log says of the rules now. */
  async ask() {
    const wanted = this.filters.rule
    const { status, body } = await get(`rules/now?${new URLSearchParams({ rule: wanted })}`)
    if (status !== 200) return
    /** @type {Now} */
    const now = body
    this.now = now
    this.list.count(now)
    if (wanted === this.filters.rule) this.chosen.count(now)
  }

  filter() {
    if (!this.book) return
    this.list.filter((rule) => this.filters.match(rule))
    this.filters.say(this.list.shown.length, this.book.rules.length)
  }

  /**
   * Show a rule; its address can be kept. `quiet`: the page chose it itself.
   * @param {string} id
   * @param {boolean} [quiet]
   */
  choose(id, quiet = false) {
    const rule = this.rules.get(id)
    if (!rule || !this.book) return
    this.filters.choose(id, quiet)
    this.list.choose(id)
    this.chosen.show(rule, this.book)
    if (this.now) this.chosen.count({ ...this.now, alerts: [] })
    this.asked = -Infinity
  }

  close() {
    clearInterval(this.timer)
    removeEventListener("keydown", this.keys)
    this.link.close()
    this.node.remove()
  }
}
