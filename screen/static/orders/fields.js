/* What each act on an order needs beside its reason, and the fields in which a person writes it. */

import { el, fill, option } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** @typedef {{ outcome: string, unit: string, clause: string, limit: string, at: string, who: string, receiver: string, paper: string, instrument: string }} Names */

/**
 * The fields of an act, in their order; a name with `?` may stay empty.
 * @type {Record<string, string[]>}
 */
export const FIELDS = {
  "ask-return": ["clause", "unit"],
  "decide-return": ["outcome", "unit?"],
  "ask-extension": ["limit"],
  "decide-extension": ["outcome"],
  "answer-objection": ["outcome"],
  pause: ["outcome", "clause"],
  resume: ["clause"],
  submit: ["outcome?"],
  contact: ["who", "at?"],
  call: ["who", "at"],
  report: ["who", "at?"],
  inspect: ["outcome", "who?", "at?"],
  close: ["outcome"],
  "call-back": ["outcome", "solved?"],
  publish: ["outcome", "clause", "at?"],
  follow: ["outcome", "clause"],
  conclude: ["outcome"],
  opinion: ["outcome?"],
  "decide-review": ["outcome"],
  merge: ["clause"],
  add: ["receiver"],
  dispatch: ["receiver"],
  paper: ["paper"],
  instrument: ["instrument"],
}

/** Acts that go without a reason. */
export const MUTE = new Set(["sign", "endorse", "take", "archive", "call", "report", "contact", "paper", "instrument", "add", "accept", "dispatch", "urge"])

/** Outcomes that hold for every kind. */
const OUTCOMES = /** @type {Record<string, string[]>} */ ({
  "decide-extension": ["granted", "refused"],
  "answer-objection": ["granted", "refused"],
  "decide-review": ["granted", "upheld", "refused"],
  inspect: ["passed", "failed"],
  opinion: ["accepted", "declined"],
  publish: ["public", "withheld"],
  "call-back": ["5", "4", "3", "2", "1", "silent", "unreached"],
})

/** Units of a length of time that a person may write. */
const LENGTHS = ["working-days", "civil-working-days", "working-hours", "natural-hours"]
const PARTS = ["support", "main", "assist"]
const PAPERS = ["document", "letter", "report", "supervision"]
const INSTRUMENTS = ["rectification", "special-equipment", "case", "transfer", "suspension", "other"]
const ENDS = ["complied", "executed", "transferred", "terminated", "revoked", "confirmed-unlawful"]
const SERVED = ["direct", "left", "post", "electronic", "notice"]

/**
 * The outcomes of an act, each with its words.
 * @param {string} verb
 * @param {Sent.OrderKind | null} kind
 * @returns {[value: string, words: string][]}
 */
export function outcomes(verb, kind) {
  const own = verb === "close" || verb === "submit" ? kind?.ends : verb === "pause" || verb === "resume" ? kind?.pauses : null
  if (own) return Object.entries(own).map(([value, { title }]) => [value, words.pick(title)])
  return (kind?.outcomes[verb] ?? OUTCOMES[verb] ?? []).map((value) => [value, words.word(`order_outcome.${words.key(value)}`) || words.word(`order_outcome.n${value}`) || value])
}

/**
 * A moment as the log takes it, of a field that tells the city's time.
 * @param {string} text
 */
const moment = (text) => (text ? `${text}:00+08:00` : "")

/**
 * An instrument as the log takes it: one that is recorded is recorded again with its end alone, so that nothing else of it changes.
 * @param {(name: string) => string} text
 * @param {Sent.OrderInstrument[]} known
 */
export function instrumentOf(text, known) {
  const its = { end: text("end"), ended_at: moment(text("ended_at")) }
  const recorded = known.find(({ number }) => number === text("number"))
  if (recorded) return { ...recorded, ...its }
  const officers = text("officers").split(/[,，、;；\s]+/).filter(Boolean)
  return { kind: text("kind"), number: text("number"), organ: text("organ"), officers, served: text("served"), served_at: moment(text("served_at")), limit_at: moment(text("limit_at")), recheck_at: moment(text("recheck_at")), remedy: text("remedy") === "yes", ...its }
}

export class OrderFields {
  /** @type {Sent.OrderInstrument[]} */
  instruments = []

  /** @type {Record<string, HTMLInputElement | HTMLSelectElement>} */
  inputs = {}
  /** @type {Map<string, string>} */
  bodies = new globalThis.Map()

  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed
    this.node = el("div", "more-fields")
    this.secrets = Object.assign(el("p", "m", t("dispatch.no_secrets")), { role: "note" })
    this.list = el("datalist")
    this.list.id = "bodies"
  }

  /**
   * The bodies that may be named, and the instruments that are recorded.
   * @param {Record<string, Sent.Text>} units
   * @param {Sent.OrderInstrument[]} instruments
   */
  know(units, instruments) {
    this.instruments = instruments
    if (this.bodies.size) return
    this.bodies = new globalThis.Map(Object.entries(units).map(([id, name]) => [words.pick(name), id]))
    fill(this.list, ...[...this.bodies.keys()].map((name) => option(name, name)))
  }

  /**
   * Show the fields of an act; `given`: what they hold at first.
   * @param {string} verb
   * @param {Sent.OrderKind | null} kind
   * @param {Record<string, string>} [given]
   */
  show(verb, kind, given = {}) {
    this.inputs = {}
    const fields = (FIELDS[verb] ?? []).flatMap((field) => this.field(verb, kind, field.replace("?", ""), field.endsWith("?")))
    fill(this.node, this.secrets, ...fields, this.list)
    for (const [name, value] of Object.entries(given)) if (this.inputs[name]) this.inputs[name].value = value
  }

  /**
   * @param {string} verb
   * @param {Sent.OrderKind | null} kind
   * @param {string} field
   * @param {boolean} optional
   * @returns {HTMLElement[]}
   */
  field(verb, kind, field, optional) {
    if (field === "outcome") return [this.choice("outcome", [...(optional ? [/** @type {[string, string]} */ (["", "—"])] : []), ...outcomes(verb, kind)])]
    if (field === "solved") return [this.choice("solved", [["", "—"], ["yes", t("orders.solved")], ["no", t("orders.not_solved")]])]
    if (field === "limit") return [this.input("number", "number"), this.choice("length", LENGTHS.map((each) => [each, t(`limit_unit.${words.key(each)}`)]))]
    if (field === "receiver") {
      const parts = verb === "dispatch" ? ["main"] : PARTS.filter((part) => part !== "main")
      return [this.input("unit", "text"), this.choice("part", parts.map((each) => [each, t(`order_part.${each}`)])), this.input("demand", "text", true)]
    }
    if (field === "paper") return [this.choice("kind", PAPERS.map((each) => [each, t(`order_paper.${each}`)])), this.input("number", "text"), this.input("organ", "text"), this.input("signed_by", "text", true), this.input("at", "datetime-local")]
    if (field === "instrument") {
      const times = ["served_at", "limit_at", "recheck_at"].map((each, n) => this.input(each, "datetime-local", n > 0))
      return [this.choice("kind", INSTRUMENTS.map((each) => [each, t(`order_instrument.${words.key(each)}`)])), this.input("number", "text"), this.input("organ", "text"), this.input("officers", "text"), this.choice("served", SERVED.map((each) => [each, t(`order_served.${each}`)])), ...times, this.choice("remedy", [["yes", t("orders.told")], ["", t("orders.not_told")]]), this.choice("end", [["", t("orders.not_ended")], ...ENDS.map((each) => /** @type {[string, string]} */ ([each, t(`order_instrument_end.${words.key(each)}`)]))]), this.input("ended_at", "datetime-local", true)]
    }
    return [this.input(field, field === "at" ? "datetime-local" : "text", optional, verb === "ask-return" && field === "unit" ? "proposed" : field)]
  }

  /**
   * @param {string} name
   * @param {string} type
   * @param {boolean} [optional]
   * @param {string} [called] the key of its words, where they are not those of its name
   */
  input(name, type, optional = false, called = name) {
    const node = Object.assign(el("input"), { type, name, required: !optional, maxLength: 200, oninput: () => this.written(name) })
    if (name === "unit") node.setAttribute("list", "bodies")
    if (type === "number") Object.assign(node, { min: "1", max: "999", value: "5" })
    this.inputs[name] = node
    return el("label", "field", el("span", "", t(`order_field.${called}`)), node)
  }

  /**
   * Something was written; the number of an instrument that is recorded brings all that was recorded of it.
   * @param {string} name
   */
  written(name) {
    const recorded = name === "number" ? this.instruments.find(({ number }) => number === this.inputs.number?.value.trim()) : undefined
    for (const [field, value] of Object.entries(recorded ?? {})) {
      const node = this.inputs[field]
      if (node && field !== "number") node.value = typeof value === "boolean" ? (value ? "yes" : "") : Array.isArray(value) ? value.join("、") : String(value ?? "").slice(0, node.type === "datetime-local" ? 16 : 200)
    }
    this.changed()
  }

  /**
   * @param {string} name
   * @param {[value: string, words: string][]} values
   */
  choice(name, values) {
    const node = Object.assign(el("select"), { name, onchange: () => this.changed() })
    fill(node, ...values.map(([value, text]) => option(value, text)))
    this.inputs[name] = node
    return el("label", "field", el("span", "", t(`order_field.${name}`)), node)
  }

  /**
   * What was written, as the log takes it.
   * @param {string} verb
   * @returns {Record<string, unknown>}
   */
  given(verb) {
    const text = (/** @type {string} */ name) => this.inputs[name]?.value.trim() ?? ""
    const unit = this.bodies.get(text("unit")) ?? text("unit")
    const fields = (FIELDS[verb] ?? []).map((field) => field.replace("?", ""))
    if (fields.includes("receiver")) return { receivers: [{ unit, part: text("part"), demand: text("demand") }] }
    if (fields.includes("paper")) return { paper: { kind: text("kind"), number: text("number"), organ: text("organ"), signed_by: text("signed_by"), at: moment(text("at")) } }
    if (fields.includes("instrument")) return { instrument: instrumentOf(text, this.instruments) }
    /** @type {Record<string, unknown>} */
    const known = { unit, limit: `${text("number")} ${text("length")}`, at: moment(text("at")), outcome: text("outcome"), clause: text("clause"), who: text("who"), solved: text("solved") }
    return Object.fromEntries(fields.map((field) => [field, known[field]]).filter(([, value]) => value))
  }
}
