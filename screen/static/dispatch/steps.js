/* The six steps of the desk on one alert: 核实 · 叫应 · 报告带班领导 · 派单 · 提级/会商 · 交接班. A press on one begins it. */

import { button, el, fill } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/** The key of each step that is begun here. @type {Record<string, string>} */
export const STEP_KEYS = { verify: "V", call: "L", report: "P", dispatch: "D", escalate: "H" }

export class Steps {
  /** @type {string} */
  drawn = ""

  /**
   * `begin(name)` is called when a person presses a step that is begun here; without it they are only shown.
   * @param {((name: string) => void) | null} begin
   */
  constructor(begin) {
    this.begin = begin
    this.list = el("ol", "steps")
    this.first = el("p", "first")
    this.first.role = "status"
    this.node = el("section", "six", this.first, this.list)
    this.node.ariaLabel = t("step.all")
  }

  /** @param {Sent.Steps | undefined} told */
  show(told) {
    this.node.hidden = !told
    if (!told) return
    const key = JSON.stringify(told)
    if (key === this.drawn) return
    this.drawn = key
    const { steps, first } = told
    this.first.hidden = !first
    if (first) fill(this.first, el("b", "", t("step.first")), el("span", "", words.pick(first.title)), el("small", "", first.basis), mark(first.mark))
    fill(this.list, ...steps.map((step, n) => this.step(step, n + 1)))
  }

  /**
   * @param {Sent.Step} step
   * @param {number} n
   */
  step(step, n) {
    const name = el("b", "", `${n} ${t(`step.${words.key(step.name)}`)}`)
    const done = el("span", "", said(step))
    const key = STEP_KEYS[step.name]
    const { begin } = this
    const body = begin && key ? button("", () => begin(step.name)) : el("div")
    body.append(name, done)
    if (begin && key) body.prepend(el("kbd", "", key))
    const row = el("li", step.due ? "due" : step.at === null ? "todo" : "", body)
    if (step.due) row.ariaCurrent = "step"
    return row
  }
}

/**
 * What a step came to, when and by whom.
 * @param {Sent.Step} step
 */
function said({ name, at, by, told, due }) {
  if (at === null) return t(due ? "step.due" : "step.not_yet")
  const came = name === "escalate" && told !== "conferred" ? `${t("step.level")} ${told}` : name === "dispatch" ? told : told ? t(`step.${words.key(told)}`) : ""
  return [came, name === "dispatch" || !by ? "" : words.who(by), words.minute(at)].filter(Boolean).join(" · ")
}

/**
 * That a number, or that a rule holds here, is this system's own default.
 * @param {string} basis
 */
export const mark = (basis) => (basis === "default" ? el("span", "default", t("dispatch.default")) : null)
