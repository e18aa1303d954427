/* The form of a type: its fields as the data directory describes them; what a person has written becomes the data of a draft. */

import { button, el, fill, option, say } from "../common/dom.js"
import { ANSWERS, SAYS, draw, post } from "../common/server/press.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** @typedef {HTMLInputElement | HTMLSelectElement} Input */

/**
 * What a field holds, as the data have it; undefined where nothing is said.
 * @param {Sent.EntryField} field
 * @param {string} text
 */
export function valueOf({ widget, values }, text) {
  if (text === "") return undefined
  if (widget === "number" || widget === "integer") return Number(text)
  if (widget === "boolean") return text === "true"
  if (widget === "choice") return values.find(({ value }) => String(value) === text)?.value
  return text
}

/**
 * A value of a list: its name, where it has one, and its code.
 * @param {Sent.EntryField["values"][number]} listed
 */
export function named({ value, title }) {
  const name = words.pick(title)
  return name === String(value) ? name : `${name} ${value}`
}

/**
 * The time of a field of the city's time, as the log takes it.
 * @param {string} text
 */
export const moment = (text) => (text ? `${text.length === 16 ? `${text}:00` : text}+08:00` : "")

export class EntryForm {
  /** @type {Sent.EntryForm | null} */
  form = null
  /** @type {Map<string, Input>} */
  inputs = new globalThis.Map()
  /** @type {Sent.EntryTold | null} */
  corrected = null
  key = draw()
  busy = false

  /** @param {() => void} entered called when a draft is in the log */
  constructor(entered) {
    this.entered = entered
    this.title = el("h2")
    this.correcting = el("p", "correcting")
    this.subject = Object.assign(el("input"), { required: true, maxLength: 200, oninput: () => this.touched() })
    this.known = el("datalist")
    this.known.id = "entry-subjects"
    this.subject.setAttribute("list", "entry-subjects")
    this.time = Object.assign(el("input"), { type: "datetime-local", step: "1", required: true, oninput: () => this.touched() })
    this.note = Object.assign(el("input"), { required: true, maxLength: 500, oninput: () => this.touched() })
    this.fields = el("div", "fields")
    this.submit = el("button", "do", t("entry.submit"))
    this.submit.type = "submit"
    this.state = el("p", "state")
    this.state.role = "status"
    const common = el("div", "fields", labelled(t("entry.subject"), t("entry.required"), this.subject, this.known), labelled(t("entry.time"), t("entry.required"), this.time), labelled(t("entry.note"), t("entry.required"), this.note))
    this.node = el("form", "entering", this.title, this.correcting, common, this.fields, this.submit, this.state)
    this.node.onsubmit = (event) => this.send(event)
    this.node.hidden = true
  }

  /**
   * @param {Sent.EntryForm} form
   * @param {string[]} subjects
   * @param {Sent.EntryTold | null} [corrected]
   */
  show(form, subjects, corrected = null) {
    this.form = form
    this.corrected = corrected
    this.node.hidden = false
    say(this.title, words.pick(form.title))
    fill(this.title, words.pick(form.title), " ", el("small", "", form.type))
    this.inputs = new globalThis.Map()
    fill(this.fields, ...form.fields.map((field) => this.field(field)))
    fill(this.known, ...subjects.map((name) => option(name, name)))
    fill(this.correcting, ...(corrected ? [el("b", "", t("entry.correcting")), ` ${corrected.subject} · ${words.moment(Date.parse(corrected.time))} `, button("chip", () => this.show(form, subjects), t("entry.cancel"))] : []))
    this.subject.value = corrected?.subject ?? ""
    this.time.value = corrected ? corrected.time.slice(0, 19) : ""
    this.subject.readOnly = this.time.readOnly = Boolean(corrected)
    this.note.value = ""
    for (const [name, input] of this.inputs) {
      const value = corrected?.data[name]
      input.value = value === undefined || value === null || typeof value === "object" ? "" : String(value)
    }
    say(this.state, "")
    this.touched()
  }

  /** @param {Sent.EntryField} field */
  field(field) {
    const { name, title, unit, required, low, high, personal } = field
    const input = field.widget === "choice" || field.widget === "boolean" ? this.choice(field) : this.written(field)
    this.inputs.set(name, input)
    const bounds = low !== null || high !== null ? `${low ?? ""}–${high ?? ""}` : ""
    const marks = [t(required ? "entry.required" : "entry.optional"), words.measure(unit), bounds, personal === "none" ? "" : t(`entry.${personal}`)].filter(Boolean).join(" · ")
    return labelled(words.pick(title), marks, input)
  }

  /** @param {Sent.EntryField} field */
  choice({ widget, values, required }) {
    const choices = widget === "boolean" ? [option("true", t("entry.yes")), option("false", t("entry.no"))] : values.filter(({ value }) => value !== "").map((each) => option(String(each.value), named(each)))
    const node = Object.assign(el("select"), { required, onchange: () => this.touched() })
    fill(node, option("", t("entry.unset")), ...choices)
    return node
  }

  /** @param {Sent.EntryField} field */
  written({ widget, required, low, high, longest }) {
    const node = Object.assign(el("input"), { required, oninput: () => this.touched() })
    node.type = widget === "day" ? "date" : widget === "text" ? "text" : "number"
    if (widget === "number") node.step = "any"
    if (low !== null) node.min = String(low)
    if (high !== null) node.max = String(high)
    if (longest !== null) node.maxLength = longest
    return node
  }

  /** A person changes what is to be sent: it is another press. */
  touched() {
    this.key = draw()
    this.enable()
  }

  enable() {
    this.submit.disabled = this.busy || !this.node.checkValidity()
  }

  /** The data of the draft. */
  data() {
    const pairs = (this.form?.fields ?? []).map((field) => [field.name, valueOf(field, this.inputs.get(field.name)?.value ?? "")])
    return Object.fromEntries(pairs.filter(([, value]) => value !== undefined))
  }

  /** @param {SubmitEvent} event */
  async send(event) {
    event.preventDefault()
    if (this.submit.disabled || !this.form) return
    this.busy = true
    this.enable()
    say(this.state, t("act.sending"))
    const place = this.corrected?.place
    const answer = await post("entry/draft", { type: this.form.type, subject: this.subject.value.trim(), time: moment(this.time.value), data: this.data(), note: this.note.value.trim(), key: this.key, ...(place ? { corrects: place } : {}) })
    this.busy = false
    const said = ANSWERS[answer?.status ?? 0] ?? "unaccepted"
    if (said === "pending") {
      this.node.reset()
      fill(this.correcting)
      this.corrected = null
      this.subject.readOnly = this.time.readOnly = false
      this.key = draw()
      this.entered()
    }
    const why = answer?.status === 422 ? (await answer.json()).error : ""
    say(this.state, said === "pending" ? t("entry.is_entered") : why || t(SAYS[said]))
    this.enable()
  }
}

/**
 * @param {string} name
 * @param {string} marks
 * @param {HTMLElement[]} nodes
 */
const labelled = (name, marks, ...nodes) => el("label", "", el("span", "", el("b", "", name), ` ${marks}`), ...nodes)
