/* The sheet 一键下达: from an alert to a work order by one confirming press, with all that must be seen before it. */

import { begunAt, button, el, fill, say } from "../common/dom.js"
import { pause } from "../common/pause.js"
import { SAYS, draw, post } from "../common/server/press.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Beside } from "./beside.js"
import { changed, hindered, issue, keep, question, standing, taken, unchanged } from "./draft.js"
import { checks, heads, letter, part, receivers, verification } from "./parts.js"
import { Sender } from "./send.js"
import { share } from "./share.js"
import { Steps } from "./steps.js"

/** Milliseconds: how long a person must have stopped writing before the draft is checked; when it is asked for again anyway. */
const [PAUSE, AGAIN] = [400, 10_000]

/** What a reason is asked for, by the check that asks. @type {[name: string, key: string][]} */
const WHY = [["verified", "dispatch.why_unverified"], ["duplicate", "dispatch.why_again"], ["inspections", "dispatch.why_cap"]]

/** @type {Record<string, string>} */
const SAID = { ...SAYS, waiting: "dispatch.waiting", malformed: "dispatch.malformed" }

export class Sheet {
  /** @type {Sent.Alert | null} the one that the sheet is about; null: it is shut */
  alert = null
  /** @type {Sent.Sheet | null} */
  told = null
  /** @type {import("./draft.js").Changes} */
  changes = unchanged()
  /** @type {string} names the press to come */
  key = ""
  writes = false
  asked = 0
  fetched = -Infinity
  drawn = ""
  stale = false
  /** @type {Sent.Person | undefined} */
  person

  /**
   * `shut()` is called when the sheet closes; `acts` sends what is recorded of the alert.
   * @param {() => void} shut
   * @param {import("../common/alert/acts.js").Acts} acts
   */
  constructor(shut, acts) {
    this.shut = shut
    this.acts = acts
    this.sender = new Sender(() => this.draw())
    this.slot = el("div", "slot")
    this.steps = new Steps(null)
    this.verify = part(t("step.verify"), "verify")
    this.who = part(t("dispatch.receivers"), "who")
    this.words = part(t("dispatch.text"), "letter")
    this.checks = part(t("dispatch.checks"), "checks")
    this.beside = new Beside((cause) => { this.changes.cause = cause; this.fetch() })
    this.chart = el("div", "slot")
    this.kind = el("p")
    this.secrets = el("p", "secrets", t("dispatch.no_secrets"))
    this.secrets.role = "note"
    const back = button("back", () => this.close(), t("dispatch.back"))
    back.prepend(el("kbd", "", "Esc"))
    const top = el("header", "title", el("h2", "", t("dispatch.title")), this.kind, back, this.secrets)
    this.left = el("div", "left", this.slot, this.steps.node, this.verify.node, this.who.node, this.words.node, this.checks.node)
    this.reason = Object.assign(el("input", "in reason"), { maxLength: 500 })
    this.reason.ariaLabel = t("dispatch.why")
    this.reason.oninput = () => { this.changes.reason = this.reason.value; this.touched(false) }
    this.press = button("go", () => this.confirm(), t("dispatch.confirm"))
    this.press.prepend(el("kbd", "", "Ctrl Enter"))
    this.state = el("p", "state")
    this.state.role = "status"
    this.link = el("a", "to-order")
    this.paper = keyed("W", t("dispatch.to_document"), t("dispatch.to_document_by"), () => this.document())
    this.store = keyed("S", t("dispatch.keep"), "", () => this.keep())
    this.signed = el("small")
    const said = el("div", "said", this.reason, el("div", "row", this.state, this.link))
    this.foot = el("footer", "press", this.press, said, this.paper, this.store, this.signed)
    this.node = el("section", "sheet", el("div", "halves", this.left, el("div", "right-side", top, this.chart, this.beside.node)), this.foot)
    this.node.ariaLabel = t("dispatch.title")
    this.node.hidden = true
    this.edit = button("edit", () => this.write(), t("dispatch.edit"))
    this.edit.prepend(el("kbd", "", "T"))
  }

  get open() {
    return this.alert !== null
  }

  get name() {
    return `${this.alert?.id}/${this.alert?.occurrence}`
  }

  /** @param {Sent.Alert} alert */
  begin(alert) {
    const { changes, found } = taken(localStorage, `${alert.id}/${alert.occurrence}`)
    Object.assign(this, { alert, told: null, changes, key: draw(), writes: false, fetched: -Infinity, drawn: "" })
    this.reason.value = changes.reason
    this.sender.tell(null)
    this.node.hidden = false
    say(this.state, found ? t("dispatch.taken_up") : "")
    this.fetch()
    this.press.focus()
  }

  /** Shut it; what was changed is kept in this browser until it is sent. */
  close() {
    if (!this.alert) return
    if (JSON.stringify(this.changes) !== JSON.stringify(unchanged()) && this.sender.sending?.state !== "done") keep(localStorage, this.name, this.changes)
    Object.assign(this, { alert: null, told: null })
    this.node.hidden = true
    this.shut()
  }

  /**
   * Draw from the desk's own drawing: the alert as it stands now.
   * @param {Sent.Alert | undefined} alert
   * @param {boolean} stale
   * @param {Sent.Person | undefined} person
   */
  show(alert, stale, person) {
    if (!this.alert) return
    this.stale = stale
    if (alert && alert.id === this.alert.id) {
      const news = alert.audit !== this.alert.audit
      this.alert = alert
      if (news) this.fetched = -Infinity
    }
    this.person = person
    say(this.signed, person ? `${t("act.signed_by")} ${person.name}` : "")
    if (performance.now() - this.fetched > AGAIN && !stale) this.fetch()
    this.draw()
  }

  async fetch() {
    const { alert } = this
    if (!alert) return
    this.fetched = performance.now()
    this.asked += 1
    const { asked } = this
    const answer = await post("dispatch", question(alert.id, this.key, this.changes))
    const body = answer?.status === 200 ? await answer.json().catch(() => null) : null
    if (asked !== this.asked || alert.id !== this.alert?.id) return
    if (body) this.told = body
    else if (!this.told) say(this.state, t(answer?.status === 403 ? "act.forbidden" : "dispatch.away"))
    this.draw()
  }

  /** A person has changed the draft: it is another press, and it is checked anew. @param {boolean} [again] */
  async touched(again = true) {
    if (!this.sender.underway && this.sender.sending) this.sender.tell(null)
    this.draw()
    if (!again) return
    this.asked += 1
    const { asked } = this
    await pause(PAUSE)
    if (asked === this.asked) this.fetch()
  }

  draw() {
    const { told, alert } = this
    if (!alert) return
    this.pressed()
    const key = JSON.stringify([told, this.writes])
    if (!told || key === this.drawn || this.busy) return
    this.drawn = key
    say(this.kind, `${t(`order_paper.${words.key(told.paper)}`)} · ${words.pick(told.kind.title)} · ${t("dispatch.number_later")}`)
    this.steps.show(told.steps)
    verification(this.verify.body, told, (finding, how) => this.verified(finding, how))
    heads(this.who, `${words.pick(told.receivers.sender_name)} → ${told.receivers.upward ? t("dispatch.upward") : t("dispatch.by_list")}`, "")
    fill(this.who.body, ...receivers(told, (unit, change) => this.receiver(unit, change)))
    this.letter(told)
    heads(this.checks, t("dispatch.checks_by"), t("dispatch.checks_end"))
    fill(this.checks.body, ...checks(told.checks))
    this.beside.show(told, alert)
    this.performance(alert.rule)
  }

  /** Whether a person writes into the text: it is not drawn anew under the hands. */
  get busy() {
    const active = /** @type {ShadowRoot} */ (this.node.getRootNode()).activeElement
    return active !== null && this.left.contains(active) && active.matches("textarea, .how, .adding input")
  }

  /** @param {Sent.Sheet} told */
  letter(told) {
    const { suspected, asserted, personal } = told.wording
    heads(this.words, told.changed ? t("dispatch.changed_text") : t("dispatch.template"), "")
    fill(this.words.end, `${t("dispatch_check.suspected")} ${suspected} · ${t("dispatch_check.asserted")} ${asserted.length} · ${t("dispatch_check.personal")} ${personal.length} `, this.edit)
    fill(this.words.body, ...letter(told, this.writes, (name, said) => this.written(name, said)))
    if (told.secret) this.words.body.append(el("p", "secret", words.pick(told.secret)))
    for (const each of asserted) this.words.body.append(el("p", "asserts", `${t("dispatch_check.asserted")}：${each}`))
  }

  /** How many of this rule's alerts were true, by its measures. @param {string} rule */
  async performance(rule) {
    say(this.verify.end, await share(rule))
  }

  /** What stands beside the press, and whether it may be made. */
  pressed() {
    const { told, sender } = this
    const done = sender.sending?.state === "done"
    this.node.classList.toggle("done", done)
    this.link.hidden = !done
    this.press.disabled = !told || this.stale || sender.underway || done
    if (told) this.answered(told, done)
    const { sending } = sender
    if (sending) say(this.state, done ? t("dispatch.sent") : [t(SAID[sending.state]), sending.why].filter(Boolean).join("："))
  }

  /**
   * @param {Sent.Sheet} told
   * @param {boolean} done
   */
  answered(told, done) {
    const { stops, asks, why } = hindered(told, this.changes.reason)
    this.reason.hidden = !asks.length || done
    this.reason.placeholder = t(WHY.find(([name]) => asks.includes(name))?.[1] ?? "dispatch.why")
    this.reason.classList.toggle("wanted", why)
    this.press.disabled ||= Boolean(told.sends) || stops.length > 0
    if (!this.sender.sending) say(this.state, this.summary(told, stops))
    if (!done) return
    say(this.link, `${this.sender.sending?.number} →`)
    this.link.href = `/orders?${new URLSearchParams({ order: told.order, lang: words.language })}`
  }

  /**
   * @param {Sent.Sheet} told
   * @param {string[]} stops
   */
  summary(told, stops) {
    if (told.sends) return t("may.role")
    if (stops.length) return `${t("dispatch.stopped")}${stops.map((name) => t(`dispatch_check.${name}`)).join(t("dispatch.and"))}`
    const found = told.receivers.candidates
    /** @param {string} role */
    const count = (role) => found.filter((each) => each.part === role).length
    const counted = ["main", "support", "assist"].filter(count).map((role) => `${t(`order_part.${role}`)} ${count(role)}`)
    return `${found.length} ${t("dispatch.units")} · ${counted.join(" · ")} · ${t("dispatch.within")}`
  }

  /**
   * @param {string} unit
   * @param {{ part?: string, limit?: string } | null} change
   */
  receiver(unit, change) {
    if (!this.told) return
    this.changes.receivers = changed(this.changes.receivers ?? standing(this.told), unit, change)
    this.fetch()
  }

  /**
   * @param {string} name
   * @param {string} said
   */
  written(name, said) {
    if (!this.told) return
    if (name === "title") this.changes.title = said
    else this.changes.text = (this.changes.text ?? this.told.text).map((each) => (each.name === name ? { ...each, words: said } : each))
    this.touched()
  }

  /** Record what the verification came to: an act on the alert, which the log answers. @param {string} finding @param {string} how */
  verified(finding, how) {
    const { alert, person } = this
    if (alert) this.acts.send(alert, person, draw(), { verb: "verify", finding, reason: how })
  }

  write() {
    this.writes = !this.writes
    this.drawn = ""
    this.draw()
    if (this.writes) this.words.body.querySelector("textarea")?.focus()
  }

  /** The confirming press: where a reason is asked for and not written, it is asked for, and nothing is sent. */
  confirm() {
    const { told, changes } = this
    if (!told || this.press.disabled) return
    if (hindered(told, changes.reason).why) {
      say(this.state, this.reason.placeholder)
      this.reason.focus()
      return
    }
    this.send(told)
  }

  /** @param {Sent.Sheet} told */
  async send(told) {
    await this.sender.send(this.key, issue(told, this.changes.reason))
    if (this.sender.sending?.state !== "done") return
    keep(localStorage, this.name, null)
    this.fetched = -Infinity
  }

  keep() {
    if (!this.alert) return
    keep(localStorage, this.name, this.changes)
    say(this.state, t("dispatch.kept"))
  }

  /** The text as a file to paste into the office's own system: not a document, and numbered by nobody here. */
  async document() {
    const { alert } = this
    if (!alert) return
    const answer = await post("dispatch/document", question(alert.id, this.key, this.changes))
    if (answer?.status !== 200) return say(this.state, t("dispatch.away"))
    const link = Object.assign(el("a"), { href: URL.createObjectURL(await answer.blob()), download: `${t("dispatch.draft_name")}.docx` })
    link.click()
    URL.revokeObjectURL(link.href)
    return undefined
  }

  /**
   * A key while the sheet is open; false where it does nothing here. A lone Enter never sends.
   * @param {KeyboardEvent} event
   * @returns {unknown}
   */
  hit(event) {
    const target = begunAt(event)
    if (event.key === "Enter" && event.ctrlKey && !event.isComposing) return this.confirm()
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false
    const writing = target.matches?.("input, select, textarea")
    if (event.key === "Escape") return writing ? target.blur() : this.close()
    if (writing) return false
    if (event.key === "Enter" && target === this.press) return undefined
    const does = { t: () => this.write(), w: () => this.document(), s: () => this.keep(), "+": () => /** @type {HTMLElement | null} */ (this.node.querySelector(".adding input"))?.focus() }[event.key.toLowerCase()]
    return does ? does() : false
  }

  end() {
    this.sender.close()
  }
}

/**
 * A press with its key and what it does.
 * @param {string} key
 * @param {string} text
 * @param {string} by
 * @param {() => unknown} press
 */
function keyed(key, text, by, press) {
  const node = button("btn", press, text)
  node.prepend(el("kbd", "", key))
  if (by) node.append(el("small", "", by))
  return node
}
