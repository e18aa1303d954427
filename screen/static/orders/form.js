/* What may be done now, and what not and why; the act that is chosen, what it needs, and what became of it in the log's own words. */

import { button, el, fill, say } from "../common/dom.js"
import { SAYS, draw } from "../common/server/press.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { Behalf } from "./behalf.js"
import { MUTE, OrderFields, outcomes } from "./fields.js"

export class OrderForm {
  /** @type {Sent.OrderStory | null} */
  told = null
  /** @type {Sent.Offer | null} */
  chosen = null
  /** @type {string} */
  shown = ""
  /** @type {string} */
  heard = ""
  key = draw()
  stale = false
  /** @type {HTMLButtonElement[]} */
  buttons = []

  /**
   * @param {import("./acts.js").OrderActs} acts
   * @param {() => void} again called when a person acts for another: what may be done is asked again
   */
  constructor(acts, again) {
    this.acts = acts
    this.behalf = new Behalf(again)
    this.top = el("div", "decide")
    this.can = el("div", "menu")
    this.cannot = el("div", "menu off")
    this.refused = el("p", "why", t("orders.cannot"))
    this.fields = new OrderFields(() => this.touched())
    this.reason = Object.assign(el("textarea", "reason"), { maxLength: 2000, rows: 2, oninput: () => this.touched() })
    this.reason.ariaLabel = t("act.reason")
    this.submit = el("button", "do")
    this.submit.type = "submit"
    this.cancel = button("chip", () => this.choose(null), t("orders.cancel"))
    this.name = el("b")
    this.writing = el("form", "act writing", el("div", "named", this.name, this.cancel), this.fields.node, this.reason, this.submit)
    this.writing.onsubmit = (event) => this.send(event)
    this.writing.hidden = true
    this.state = el("p", "state")
    this.state.role = "status"
    this.again = button("chip", () => this.retry(), t("act.again"))
    this.again.hidden = true
    this.node = el("div", "acts", this.behalf.node, this.top, this.writing, this.state, this.again, this.can, this.refused, this.cannot)
  }

  /**
   * @param {Sent.OrderStory | null} told
   * @param {boolean} stale
   * @param {Record<string, Sent.Text>} units
   * @param {Sent.Person | undefined} person
   */
  show(told, stale, units, person) {
    this.fields.know(units, told?.order.instruments ?? [])
    this.behalf.show(person)
    const other = told?.order.id !== this.told?.order.id
    this.told = told
    this.stale = stale
    this.node.hidden = !told
    if (!told) return
    if (other) this.choose(null)
    const key = JSON.stringify([told.order.id, told.line, told.behalf, told.offers, told.order.audit])
    if (key !== this.shown) this.offer(told)
    this.shown = key
    this.tell(told)
    this.enable()
  }

  /** @param {Sent.OrderStory} told */
  offer(told) {
    const may = told.offers.filter(({ why }) => !why)
    const line = told.lines.find(({ n }) => n === told.line)
    const decides = may.find(({ verb }) => verb === "decide-return")
    this.buttons = []
    fill(this.top, ...(decides && line?.returns ? this.decision(decides, line, told) : []))
    const rest = may.filter((offer) => offer !== decides)
    fill(this.can, ...rest.map((offer) => this.press(offer, told)))
    this.can.hidden = !rest.length
    const not = told.offers.filter(({ why }) => why)
    fill(this.cannot, ...not.map((offer) => el("span", "btn off", el("span", "", doing(offer.verb)), el("small", "", whyNot(offer, told)))))
    this.refused.hidden = this.cannot.hidden = !not.length
    if (this.chosen && !may.some(({ verb, line: n }) => verb === this.chosen?.verb && (n ?? "") === (this.chosen.line ?? ""))) this.choose(null)
  }

  /**
   * The decision that waits: what is proposed is the white button, its alternatives stand equal below.
   * @param {Sent.Offer} offer
   * @param {Sent.OrderLine} line
   * @param {Sent.OrderStory} told
   */
  decision(offer, line, told) {
    const proposed = line.returns?.unit ? words.pick(told.units[line.returns.unit]) || line.returns.unit : ""
    const due = line.returns?.due ? `${t("orders.decide_by")} ${words.moment(Date.parse(line.returns.due))}` : ""
    const nodes = outcomes("decide-return", told.kind).map(([outcome, said], n) => {
      const node = button(n ? "btn" : "btn go", () => this.choose(offer, { outcome, unit: n ? "" : proposed }))
      node.append(el("kbd", "", String(n + 1)), el("span", "", `${said}${n ? "" : ` ${proposed}`}`), ...(n ? [] : [el("small", "", line.returns?.clause ?? "")]))
      return node
    })
    this.buttons.push(...nodes)
    return [el("p", "ask", el("span", "", `${t("orders.decide_return")} · `, el("b", "", words.pick(told.units[line.unit]))), el("span", "", due)), ...nodes.slice(0, 1), el("div", "rest", ...nodes.slice(1))]
  }

  /**
   * @param {Sent.Offer} offer
   * @param {Sent.OrderStory} told
   */
  press(offer, told) {
    const node = button("btn", () => this.choose(offer))
    node.dataset.verb = offer.verb
    this.buttons.push(node)
    const line = told.lines.find(({ n }) => n === offer.line)
    const number = this.buttons.length
    node.append(...(number < 10 ? [el("kbd", "", String(number))] : []), el("span", "", doing(offer.verb)), el("small", "", line ? words.pick(told.units[line.unit]) : ""))
    return node
  }

  /**
   * Choose an act, or none; one that needs nothing is sent by the press of its own button.
   * @param {Sent.Offer | null} offer
   * @param {Record<string, string>} [given]
   */
  choose(offer, given = {}) {
    this.chosen = offer
    this.writing.hidden = !offer
    if (!offer || !this.told) return
    this.acts.forget(this.told.order.id)
    this.heard = ""
    this.key = draw()
    this.reason.value = ""
    const line = this.told.lines.find(({ n }) => n === offer.line)
    say(this.name, `${doing(offer.verb)}${line ? ` · ${words.pick(this.told.units[line.unit])}` : ""}`)
    say(this.submit, doing(offer.verb))
    this.reason.placeholder = t(MUTE.has(offer.verb) ? "orders.reason_may" : `orders.reason_needs`)
    this.fields.show(offer.verb, this.told.kind, given)
    this.enable()
    this.writing.scrollIntoView({ block: "nearest" })
    ;(Object.values(this.fields.inputs).find((node) => !node.value) ?? this.reason).focus()
  }

  /** A person changes what is to be sent: it is another press. */
  touched() {
    this.key = draw()
    this.enable()
  }

  enable() {
    const order = this.told?.order.id ?? ""
    const open = !this.stale && !this.acts.underway(order)
    for (const node of this.buttons) node.disabled = !open
    const missing = this.chosen && !MUTE.has(this.chosen.verb) && !this.reason.value.trim()
    this.submit.disabled = !open || Boolean(missing) || !this.writing.checkValidity()
  }

  /** @param {SubmitEvent} event */
  send(event) {
    event.preventDefault()
    if (this.submit.disabled || !this.chosen || !this.told) return
    const { verb, line = "" } = this.chosen
    this.post(verb, line, { reason: this.reason.value.trim(), ...this.fields.given(verb) }, this.key)
  }

  /**
   * @param {string} verb
   * @param {string} line
   * @param {Record<string, unknown>} more
   * @param {string} [key]
   */
  post(verb, line, more, key) {
    if (!this.told) return
    const { order, lines, behalf } = this.told
    const seen = line ? lines.find(({ n }) => n === line)?.audit ?? 0 : order.audit
    this.acts.send(order.id, verb, { lines: line ? [line] : [], seen, ...(behalf ? { behalf } : {}), ...more }, key)
  }

  retry() {
    const act = this.told && this.acts.of(this.told.order.id)
    if (act && this.told) this.acts.send(this.told.order.id, act.verb, act.data, act.key)
  }

  /** @param {Sent.OrderStory} told */
  tell(told) {
    const act = this.acts.of(told.order.id)
    const key = act ? `${act.key} ${act.state}` : ""
    if (key !== this.heard && act?.state === "done") this.choose(null)
    this.heard = key
    const text = !act ? (this.stale ? t("act.stale") : "") : act.state === "done" ? `${t("act.done")}${doing(act.verb)}` : act.state === "refused" ? `${t("act.refused")}${words.pick(act.reason)}` : t(SAYS[act.state])
    say(this.state, text)
    this.state.hidden = !text
    this.again.hidden = act?.state !== "unaccepted"
    this.node.dataset.state = act?.state ?? ""
  }

  /**
   * The n-th act that may be done; whether there is one.
   * @param {number} n
   */
  hit(n) {
    const node = this.buttons[n - 1]
    if (!node || node.disabled) return false
    node.click()
    return true
  }
}

/**
 * What an act is called.
 * @param {string} verb
 */
export const doing = (verb) => t(`order_do.${words.key(verb)}`)

/**
 * Why an act may not be done now, in words.
 * @param {Sent.Offer} offer
 * @param {Sent.OrderStory} told
 */
export function whyNot({ why = "", roles = [], scopes = [], states = [], line }, told) {
  if (why === "role") return `${t("order_why.role")}${roles.map((role) => t(`role.${role}`)).join(t("orders.or"))}`
  if (why === "unit") return `${t("order_why.unit")}${scopes.map((scope) => t(`order_scope.${scope}`)).join(t("orders.or"))}`
  /** @param {string} state */
  const named = (state) => (line ? t(`order_line.${state}`) : words.pick(told.kind?.states[state]) || state)
  if (why === "state") return `${t("order_why.state")}${states.map(named).join(t("orders.or"))}`
  return t(`order_why.${why}`)
}
