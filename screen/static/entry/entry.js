/* Entry by hand 人工补录: one person enters what the office knows, another of the same department confirms; then it is a fact in the log. */

import { Bar, NEEDS } from "../common/bar.js"
import { button, el, fill, say } from "../common/dom.js"
import { listKey } from "../common/list_keys.js"
import { hostOf, mountPage } from "../common/page.js"
import { get } from "../common/server/get.js"
import { Link } from "../common/server/link.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { EntryForm } from "./form.js"
import { EntryList } from "./list.js"

const TICK = 250

/** Milliseconds after which the entries are asked for again, and after something was done. */
const AGAIN = 5000
const SOON = 700

/**
 * Draw the page into a component's root; the answer takes it away again.
 * @param {ShadowRoot} root
 */
export const mount = (root) => mountPage(root, ["common/work.css", "entry/entry.css"], () => new EntryPage(hostOf(root)))

class EntryPage {
  /** @type {Sent.EntriesTold | null} */
  told = null
  asked = -Infinity

  /** @param {HTMLElement} host */
  constructor(host) {
    this.type = new URLSearchParams(location.search).get("type") ?? ""
    this.bar = new Bar("entry", host)
    this.trouble = el("p", "none", t("entry.reading"))
    this.trouble.role = "status"
    this.search = Object.assign(el("input", "search"), { type: "search", placeholder: t("entry.types"), maxLength: 100, oninput: () => this.types() })
    this.search.ariaLabel = t("entry.types")
    this.list = el("ul", "types")
    this.form = new EntryForm(() => this.soon())
    this.entries = new EntryList(() => this.soon(), (entry) => this.correct(entry))
    const left = el("nav", "left", this.search, this.list)
    left.ariaLabel = t("entry.types")
    const main = el("section", "main", el("div", "top", el("h1", "", t("entry.title")), el("span", "law", t("entry.law"))), this.trouble, this.form.node)
    main.ariaLabel = t("entry.title")
    this.node = el("div", `work entry ${words.language}`, this.bar.node, el("div", "page", el("div", "three", left, main, this.entries.node), el("footer", "foot", el("small", "", t("entry.measured")))))
    this.keys = (/** @type {KeyboardEvent} */ event) => listKey(event, this.search, (by) => this.entries.step(by))
    addEventListener("keydown", this.keys)
    this.link = new Link(() => this.draw(), NEEDS)
    this.timer = setInterval(() => this.draw(), TICK)
  }

  draw() {
    this.bar.show(this.link)
    if (performance.now() - this.asked < AGAIN) return
    this.asked = performance.now()
    this.ask()
  }

  /** What was done is asked for as soon as the log may have it. */
  soon() {
    this.asked = performance.now() - AGAIN + SOON
  }

  async ask() {
    const { status, body } = await get("entries")
    if (status !== 200) return say(this.trouble, t("entry.unreadable"))
    const first = !this.told
    this.told = /** @type {Sent.EntriesTold} */ (body)
    this.trouble.hidden = this.told.forms.length > 0
    say(this.trouble, t("entry.none_types"))
    this.entries.show(this.told)
    if (!first) return
    this.types()
    if (this.told.forms.some(({ type }) => type === this.type)) this.choose(this.type)
  }

  /** The types that this department may enter, and that are sought. */
  types() {
    const sought = this.search.value.toLowerCase()
    const found = (this.told?.forms ?? []).filter(({ type, title }) => `${type} ${title.zh} ${title.en}`.toLowerCase().includes(sought))
    const rows = found.map(({ type, title }) => {
      const node = button("type", () => this.choose(type))
      node.append(el("b", "", words.pick(title)), el("small", "", type))
      node.dataset.type = type
      node.ariaCurrent = type === this.type ? "true" : null
      return el("li", "", node)
    })
    fill(this.list, ...rows)
  }

  /** @param {string} type */
  choose(type) {
    const form = this.told?.forms.find((each) => each.type === type)
    if (!form || !this.told) return
    this.type = type
    for (const node of this.list.querySelectorAll("button")) node.ariaCurrent = node.dataset.type === type ? "true" : null
    this.form.show(form, this.told.subjects[form.group] ?? [])
    const address = new URL(location.href)
    address.searchParams.set("type", type)
    history.replaceState(history.state, "", address)
  }

  /** @param {Sent.EntryTold} entry */
  correct(entry) {
    const form = this.told?.forms.find(({ type }) => type === entry.type)
    if (!form || !this.told) return
    this.choose(entry.type)
    this.form.show(form, this.told.subjects[form.group] ?? [], entry)
  }

  close() {
    clearInterval(this.timer)
    removeEventListener("keydown", this.keys)
    this.link.close()
    this.node.remove()
  }
}
