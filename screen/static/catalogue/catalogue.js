/* The data directory 数据目录: what data there are, whose, on what basis, how they may be used, how their sources do, who reads them. */

import { Bar, NEEDS } from "../common/bar.js"
import { button, el, fill, say } from "../common/dom.js"
import { listKey } from "../common/list_keys.js"
import { glyph } from "../common/marks.js"
import { hostOf, mountPage } from "../common/page.js"
import { get } from "../common/server/get.js"
import { Link } from "../common/server/link.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Chosen } from "./chosen.js"
import { List } from "./list.js"
import { Requests } from "./requests.js"
import { MARKS, has, matches } from "./search.js"
import { Side } from "./side.js"

const TICK = 250

/** Milliseconds after which what is so now is asked again, and a directory that could not be read. */
const AGAIN = 5000

/** Milliseconds until what a person has just done is asked for. */
const SOON = 700

const FILES = ["xlsx", "asyncapi", "markdown"]

/**
 * Draw the page into a component's root; the answer takes it away again.
 * @param {ShadowRoot} root
 */
export const mount = (root) => mountPage(root, ["common/work.css", "catalogue/catalogue.css"], () => new Catalogue(hostOf(root)))

class Catalogue {
  /** @type {Sent.Directory | null} */
  told = null
  /** @type {Sent.DirectoryNow | null} */
  now = null
  /** @type {Set<string>} */
  troubled = new Set()
  asked = -Infinity

  /** @param {HTMLElement} host */
  constructor(host) {
    const asked = new URLSearchParams(location.search)
    this.sought = { q: asked.get("q") ?? "", mark: asked.get("mark") ?? "" }
    this.type = asked.get("type") ?? ""
    this.view = asked.get("view") === "sharing" ? "sharing" : ""
    this.bar = new Bar("catalogue", host)
    this.list = new List((type) => this.choose(type))
    this.chosen = new Chosen((path) => this.chooseField(path))
    this.side = new Side(() => this.soon(), (id) => this.open(id))
    this.requests = new Requests(() => this.soon(), (type) => this.see(type))
    this.trouble = el("p", "trouble", t("directory.reading"))
    this.trouble.role = "status"
    const left = el("nav", "left", this.list.node)
    left.ariaLabel = t("directory.types")
    const main = el("section", "main", this.trouble, this.chosen.node, this.requests.node)
    main.ariaLabel = t("page.catalogue")
    this.search = el("input", "search")
    /** @type {{ mark: string, node: HTMLButtonElement, count: HTMLElement }[]} */
    this.chips = ["", ...MARKS].map((mark) => this.chip(mark))
    this.shared = button("chip sharing", () => this.turn(this.view ? "" : "sharing"))
    this.state = el("p", "state")
    this.about = el("p", "about")
    const scope = this.scope()
    this.node = el("div", `work catalogue ${words.language}`, this.bar.node, el("div", "page", scope, el("div", "three", left, main, this.side.node), this.foot()))
    this.side.node.hidden = true
    this.keys = (/** @type {KeyboardEvent} */ event) => {
      if (this.told) listKey(event, this.search, (by) => (this.view ? this.requests.step(by) : this.list.step(by)))
    }
    addEventListener("keydown", this.keys)
    this.link = new Link(() => this.draw(), NEEDS)
    this.timer = setInterval(() => this.draw(), TICK)
  }

  /** Search, chips, and what is wrong with the directory itself. */
  scope() {
    Object.assign(this.search, { type: "search", value: this.sought.q, placeholder: t("directory.search"), maxLength: 100 })
    this.search.ariaLabel = t("directory.search")
    this.search.oninput = () => this.seek("q", this.search.value)
    return el("search", "scope", el("label", "in", this.search, el("kbd", "", "/")), ...this.chips.map(({ node }) => node), this.shared, this.state)
  }

  /** @param {string} mark */
  chip(mark) {
    const count = el("b")
    const node = button("chip", () => this.seek("mark", mark))
    node.append(t(`directory.chip_${mark || "all"}`), " ", count)
    return { mark, node, count }
  }

  /** What is chosen, and the files. */
  foot() {
    const files = FILES.map((format) => {
      const node = el("a", "file", t(`directory.file_${format}`))
      node.href = `/screen/catalogue/file?format=${format}`
      node.download = ""
      return node
    })
    return el("footer", "foot", this.about, el("span", "label", t("directory.export")), ...files, el("small", "r", t("directory.platform")))
  }

  draw() {
    this.bar.show(this.link)
    if (performance.now() - this.asked < AGAIN) return
    this.asked = performance.now()
    if (this.told) this.ask()
    else this.read()
  }

  /** The directory, once. */
  async read() {
    const { status, body } = await get("catalogue")
    if (status !== 200) return say(this.trouble, t("directory.unreadable"))
    this.told = /** @type {Sent.Directory} */ (body)
    this.trouble.hidden = true
    this.list.show(this.told)
    this.filter()
    const known = this.told.types.some(({ type }) => type === this.type)
    this.choose(known ? this.type : (this.list.shown[0] ?? ""))
    return this.ask()
  }

  /** What is so now. */
  async ask() {
    const { status, body } = await get("catalogue/now")
    if (status !== 200) return
    this.now = /** @type {Sent.DirectoryNow} */ (body)
    this.troubled = new Set(this.now.sources.filter(({ fault }) => fault).map(({ type }) => type))
    this.list.mark(this.troubled)
    const missing = (this.told?.types ?? []).flatMap(({ fields }) => fields).filter(({ name, path }) => name.zh === path).length
    say(this.state, `${t("directory.undescribed")} ${missing} · ${t("directory.undeclared")} ${this.now.undeclared}`)
    this.filter()
    this.requests.show(this.now.sharing)
    this.turn(this.view)
    this.beside()
  }

  /** What was done is asked for as soon as the log may have it. */
  soon() {
    this.asked = performance.now() - AGAIN + SOON
  }

  /**
   * Show the types, or the requests to share.
   * @param {string} view
   */
  turn(view) {
    this.view = view
    this.requests.node.hidden = !view
    this.chosen.node.hidden = Boolean(view)
    this.shared.ariaPressed = String(Boolean(view))
    const { open, late } = this.requests
    fill(this.shared, `${t("sharing.title")} `, el("b", "", String(open)), ...(late ? [" ", glyph("red", { size: 12 }), el("b", "", ` ${t("sharing.overdue")} ${late}`)] : []))
    this.keep()
  }

  /** @param {string} id */
  open(id) {
    this.requests.choose(id)
    this.turn("sharing")
  }

  /** @param {string} type */
  see(type) {
    this.turn("")
    this.choose(type)
  }

  /**
   * @param {"q" | "mark"} name
   * @param {string} value
   */
  seek(name, value) {
    this.sought[name] = name === "mark" && this.sought.mark === value ? "" : value
    this.filter()
    this.keep()
  }

  filter() {
    this.list.filter(({ type, text }) => matches(type, text, this.sought, this.troubled))
    for (const { mark, node, count } of this.chips) {
      node.ariaPressed = String(mark === this.sought.mark)
      const many = (this.told?.types ?? []).filter((type) => has(type, mark, this.troubled)).length
      say(count, mark === "trouble" && !this.now ? "—" : many) // until the sources are told nobody knows
    }
  }

  /** @param {string} name */
  choose(name) {
    const type = this.told?.types.find((each) => each.type === name)
    if (!type) return
    this.type = name
    if (this.now && this.view) this.turn("")
    this.list.choose(name)
    this.chosen.field = ""
    this.chosen.show(type)
    this.beside()
    this.keep()
  }

  /** @param {string} path */
  chooseField(path) {
    this.chosen.choose(this.chosen.field === path ? "" : path)
    this.beside()
  }

  beside() {
    const type = this.told?.types.find((each) => each.type === this.type)
    if (!type) return
    const field = type.fields.find(({ path }) => path === this.chosen.field)
    say(this.about, [t("directory.chosen"), words.pick(type.title), field ? words.pick(field.name) : "", field?.path ?? type.type].filter(Boolean).join(" · "))
    this.side.node.hidden = !this.now
    if (this.now && this.told) this.side.show(type, this.chosen.field, this.now, this.told.version)
  }

  /** What is sought and chosen stands in the address. */
  keep() {
    const address = new URL(location.href)
    for (const [name, value] of Object.entries({ ...this.sought, type: this.type, view: this.view })) {
      if (value) address.searchParams.set(name, value)
      else address.searchParams.delete(name)
    }
    history.replaceState(history.state, "", address)
  }

  close() {
    clearInterval(this.timer)
    removeEventListener("keydown", this.keys)
    this.link.close()
    this.node.remove()
  }
}
