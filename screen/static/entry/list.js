/* What the department has entered: what waits for a second person, then what was decided; the chosen one and what may be done to it. */

import { button, el, fill, say } from "../common/dom.js"
import { ANSWERS, SAYS, post } from "../common/server/press.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Looks } from "../desk/look.js"
import { named } from "./form.js"

/** States in which nothing is decided yet. */
const WAITS = ["waiting", "confirming"]

export class EntryList {
  /** @type {Sent.EntriesTold | null} */
  told = null
  chosen = ""
  shown = ""
  busy = false
  /** What was looked at of the chosen entry: it goes with it. */
  looks = new Looks()

  /**
   * `done()` is called when something was decided; `correct(entry)` when a fact is to be corrected.
   * @param {() => void} done
   * @param {(entry: Sent.EntryTold) => void} correct
   */
  constructor(done, correct) {
    this.done = done
    this.correct = correct
    this.list = el("div", "entries")
    this.detail = el("div", "detail")
    this.reason = Object.assign(el("input", "reason"), { maxLength: 500, placeholder: t("entry.reason"), oninput: () => this.enable() })
    this.reason.ariaLabel = t("entry.reason")
    this.acts = el("div", "menu")
    this.state = el("p", "state")
    this.state.role = "status"
    this.node = el("div", "right", this.list, this.detail, this.reason, this.acts, this.state)
  }

  /** @param {Sent.EntriesTold} told */
  show(told) {
    this.told = told
    const key = JSON.stringify(told.entries)
    if (key === this.shown) return
    this.shown = key
    const groups = /** @type {[string, Sent.EntryTold[]][]} */ ([["waiting", told.entries.filter(({ state }) => WAITS.includes(state))], ["done", told.entries.filter(({ state }) => !WAITS.includes(state))]])
    const sections = groups.map(([name, rows]) => (rows.length ? el("section", "", el("h3", "", `${t(`entry.${name}`)} `, el("small", "", String(rows.length))), el("ul", "", ...rows.map((each) => this.row(each)))) : null))
    fill(this.list, ...sections, told.entries.length ? null : el("p", "none", t("entry.nothing")))
    this.choose(told.entries.some(({ id }) => id === this.chosen) ? this.chosen : (told.entries[0]?.id ?? ""))
  }

  /** @param {Sent.EntryTold} entry */
  row(entry) {
    const node = button("entry", () => this.choose(entry.id))
    node.dataset.entry = entry.id
    const two = (/** @type {string} */ one, /** @type {string} */ other) => el("span", "two", el("b", "", one), el("small", "", other))
    node.append(two(words.pick(entry.title), entry.subject), two(words.moment(Date.parse(entry.time)), entry.correction ? t("entry.correction") : ""), two(words.who(entry.by), words.moment(Date.parse(entry.at))), two(t(`entry.state_${entry.state}`), entry.decided ? words.who(entry.decided.by) : ""))
    return el("li", "", node)
  }

  /** @param {string} id */
  choose(id) {
    if (id !== this.chosen) {
      this.looks.clear()
      this.reason.value = ""
      say(this.state, "")
    }
    this.chosen = id
    for (const node of this.list.querySelectorAll("button")) node.ariaPressed = String(node.dataset.entry === id)
    const entry = this.told?.entries.find((each) => each.id === id)
    this.detail.hidden = this.acts.hidden = !entry
    this.reason.hidden = !entry?.offers.includes("returned")
    if (!entry) return
    const form = this.told?.forms.find(({ type }) => type === entry.type)
    fill(this.detail, el("h3", "", `${words.pick(entry.title)} `, el("small", "", t(`entry.state_${entry.state}`))), el("dl", "", ...factsOf(entry, form).flatMap(([name, text, path]) => [el("dt", "", name), el("dd", "", text, path && entry.looks.includes(path) ? this.looks.beside({ entry: entry.id, path }, "entry", "entry/look") : null)])))
    const acts = entry.offers.map((outcome) => {
      const node = button("btn", () => this.send(entry, outcome), t(`entry.do_${outcome}`))
      node.dataset.outcome = outcome
      return node
    })
    if (entry.state === "confirmed" && entry.place && form) acts.push(button("btn", () => this.correct(entry), t("entry.correct")))
    const own = WAITS.includes(entry.state) && entry.offers[0] === "withdrawn" ? el("small", "none", t("entry.own")) : null
    const halted = entry.state === "confirming" ? el("small", "none", t("entry.confirming")) : null
    fill(this.acts, ...acts, own, halted)
    this.enable()
  }

  enable() {
    for (const node of this.acts.querySelectorAll("button")) node.disabled = this.busy || (node.dataset.outcome === "returned" && !this.reason.value.trim())
  }

  /**
   * @param {Sent.EntryTold} entry
   * @param {string} outcome
   */
  async send(entry, outcome) {
    this.busy = true
    this.enable()
    say(this.state, t("act.sending"))
    const answer = await post("entry/decide", { entry: entry.id, outcome, reason: outcome === "returned" ? this.reason.value.trim() : "" })
    this.busy = false
    say(this.state, t(SAYS[ANSWERS[answer?.status ?? 0] ?? "unaccepted"]))
    this.enable()
    this.done()
  }

  /**
   * To the next entry of the list, or the one before.
   * @param {number} by
   */
  step(by) {
    const ids = this.told?.entries.map(({ id }) => id) ?? []
    const next = ids[Math.min(Math.max(ids.indexOf(this.chosen) + by, 0), ids.length - 1)]
    if (next) this.choose(next)
  }
}

/**
 * What is told of an entry: name, value, and the path of what may be looked at.
 * @param {Sent.EntryTold} entry
 * @param {Sent.EntryForm | undefined} form
 * @returns {[string, string, string?][]}
 */
function factsOf(entry, form) {
  return [
    [t("entry.subject"), entry.subject],
    [t("entry.time"), `${words.date(Date.parse(entry.time))} ${words.clock(Date.parse(entry.time))}`],
    ...Object.entries(entry.data).map(([name, value]) => /** @type {[string, string, string]} */ ([...shownField(form, name, value), `data.${name}`])),
    [t("entry.note"), entry.note ?? t("sealed"), "note"],
    [t("entry.by"), `${words.who(entry.by)} · ${words.moment(Date.parse(entry.at))}`],
    ...(entry.decided ? [/** @type {[string, string, string]} */ ([t("entry.decided_by"), `${words.who(entry.decided.by)} · ${words.moment(Date.parse(entry.decided.at))} ${entry.decided.reason ?? t("sealed")}`, "reason"])] : []),
    ...(entry.place ? [/** @type {[string, string]} */ ([t("entry.place"), `${entry.place.topic}/${entry.place.partition}/${entry.place.offset}`])] : []),
  ]
}

/**
 * A field and its value as a person reads them; what is sealed is said to be.
 * @param {Sent.EntryForm | undefined} form
 * @param {string} name
 * @param {any} value
 */
function shownField(form, name, value) {
  const field = form?.fields.find((each) => each.name === name)
  const title = field ? words.pick(field.title) : name
  if (typeof value === "object") return [title, t("sealed")]
  if (typeof value === "boolean") return [title, t(value ? "entry.yes" : "entry.no")]
  const said = field?.values.find((each) => each.value === value)
  return [title, `${said ? named(said) : value} ${field ? words.measure(field.unit) : ""}`.trim()]
}
