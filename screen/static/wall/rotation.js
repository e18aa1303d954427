/* Which view the wall shows: all domains, then each with something to say, slowly in turn; what is new and red brings it back to all. */

import { button, el, fill, say } from "../common/dom.js"
import { domainName } from "./domains.js"
import { t } from "../common/words.js"
import { marked, turned, views } from "./turning.js"

/** Milliseconds after a person's last movement or key before the wall turns by itself again. */
const REST = 60_000
const SIGNS_OF_A_PERSON = ["pointermove", "pointerdown", "wheel", "keydown"]

export class Rotation {
  /** @type {string | null} */
  view = null
  /** @type {Set<string> | null} */
  known = null
  /** @type {import("./turning.js").Marked} */
  marks = new globalThis.Map()
  /** @type {string} */
  drawn

  /**
   * `changed()` is called when a person chooses a view.
   * @param {() => void} changed
   */
  constructor(changed) {
    this.changed = changed
    this.since = performance.now()
    this.used = -Infinity
    this.name = el("b")
    this.state = el("span")
    this.dots = el("span", "dots")
    this.node = button("turn", () => this.choose(null))
    this.node.append(this.dots, this.name, this.state)
    this.use = () => { this.used = performance.now() }
    for (const sign of SIGNS_OF_A_PERSON) addEventListener(sign, this.use, { passive: true })
  }

  close() {
    for (const sign of SIGNS_OF_A_PERSON) removeEventListener(sign, this.use)
  }

  /**
   * A person's choice: `view` is a domain, or null for all.
   * @param {string | null} view
   */
  choose(view) {
    this.go(view)
    this.changed()
  }

  /** Whether nobody has used the wall for a while, and nothing new and red is shown. */
  get quiet() {
    return !this.marks.size && performance.now() - this.used > REST
  }

  /**
   * Move on where it is time; `open`: a person reads something that lies over the wall.
   * @param {Pick<Sent.Sections, "calling" | "domains" | "quality">} sections
   * @param {boolean} stale
   * @param {boolean} open
   */
  tick(sections, stale, open) {
    const now = performance.now()
    if (!stale) this.heed(sections.calling, now)
    const there = views(sections.domains, sections.quality)
    Object.assign(this, turned(this, there, { now, held: stale || open || now - this.used < REST, red: this.marks.size > 0 }))
    this.show(there, sections.domains, now)
  }

  /**
   * Mark red alerts that were not there before, until they are acknowledged or a while has passed.
   * @param {Sent.Call[]} calling
   * @param {number} now
   */
  heed(calling, now) {
    Object.assign(this, marked(this.marks, this.known, calling, now))
  }

  /** @param {string | null} view */
  go(view) {
    this.since = performance.now()
    this.view = view
  }

  /** What lists and maps must know of the view. */
  get seen() {
    const marks = [...this.marks.values()]
    return { view: this.view, groups: new Set(marks.map(({ group }) => group)), districts: [...new Set(marks.map(({ adcode }) => adcode))].sort() }
  }

  /**
   * @param {(string | null)[]} there
   * @param {Sent.Domain[]} domains
   * @param {number} now
   */
  show(there, domains, now) {
    const found = domains.find(({ name }) => name === this.view)
    const why = this.marks.size ? "turn.red" : now - this.used < REST ? "turn.held" : ""
    this.node.dataset.view = this.view ?? "all"
    say(this.name, found ? domainName(found) : t("turn.all"))
    say(this.state, why ? t(why) : "")
    const drawn = `${there} ${this.view}`
    if (drawn === this.drawn) return
    this.drawn = drawn
    fill(this.dots, ...there.map((view) => el("i", view === this.view ? "on" : "")))
  }
}
