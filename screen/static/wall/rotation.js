/* Which view the wall shows: all domains, then each with something to say, slowly in turn; what is new and red brings it back to all. */

import { button, el, fill, say } from "../common/dom.js"
import { domainName } from "./domains.js"
import { t } from "../common/words.js"

/** Milliseconds of a view. */
const TURN = 20_000
/** Milliseconds after a person's last movement or key before the wall turns by itself again. */
const REST = 60_000
/** Milliseconds for which a new red alert is marked, where nobody acknowledges it before. */
const HOLD = 120_000

const SIGNS_OF_A_PERSON = ["pointermove", "pointerdown", "wheel", "keydown"]

export class Rotation {
  /** `changed()` is called when a person chooses a view. */
  constructor(changed) {
    this.changed = changed
    this.view = null
    this.since = performance.now()
    this.used = -Infinity
    this.known = null
    this.marks = new globalThis.Map()
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

  /** A person's choice: `view` is a domain, or null for all. */
  choose(view) {
    this.go(view)
    this.changed()
  }

  /** Whether nobody has used the wall for a while, and nothing new and red is shown. */
  get quiet() {
    return !this.marks.size && performance.now() - this.used > REST
  }

  /** Move on where it is time; `open`: a person reads something that lies over the wall. */
  tick(sections, stale, open) {
    const now = performance.now()
    if (!stale) this.heed(sections.calling, now)
    const views = [null, ...sections.domains.filter((domain) => speaks(domain, sections.quality)).map(({ name }) => name)]
    if (stale || open || now - this.used < REST) this.since = now
    else if (this.marks.size) this.go(null)
    else if (!views.includes(this.view)) this.go(null)
    else if (now - this.since >= TURN) this.go(views[(views.indexOf(this.view) + 1) % views.length])
    this.show(views, sections.domains, now)
  }

  /** Mark red alerts that were not there before, until they are acknowledged or a while has passed. */
  heed(calling, now) {
    const reds = new globalThis.Map(calling.filter(({ severity }) => severity === "red").map((call) => [`${call.id}/${call.occurrence}`, call]))
    for (const [key, call] of reds) if (this.known && !this.known.has(key)) this.marks.set(key, { ...call, until: now + HOLD })
    for (const [key, { until }] of this.marks) if (!reds.has(key) || until < now) this.marks.delete(key)
    this.known = new Set(reds.keys())
  }

  go(view) {
    this.since = performance.now()
    this.view = view
  }

  /** What lists and maps must know of the view. */
  get seen() {
    const marks = [...this.marks.values()]
    return { view: this.view, groups: new Set(marks.map(({ group }) => group)), districts: [...new Set(marks.map(({ adcode }) => adcode))].sort() }
  }

  show(views, domains, now) {
    const found = domains.find(({ name }) => name === this.view)
    const why = this.marks.size ? "turn.red" : now - this.used < REST ? "turn.held" : ""
    this.node.dataset.view = this.view ?? "all"
    say(this.name, found ? domainName(found) : t("turn.all"))
    say(this.state, why ? t(why) : "")
    const drawn = `${views} ${this.view}`
    if (drawn === this.drawn) return
    this.drawn = drawn
    fill(this.dots, ...views.map((view) => el("i", view === this.view ? "on" : "")))
  }
}

/** Whether a domain has alerts or bad data. */
const speaks = ({ name, counts }, quality) => counts.some(Boolean) || quality.some(([domain]) => domain === name)
