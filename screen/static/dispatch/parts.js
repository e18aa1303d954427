/* The left of the sheet: verification, receivers and those who may not be written to, the text, the checks. */

import { button, el, fill, option, panel, say, svg } from "../common/dom.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"
import { pieces } from "./draft.js"

/** The verdicts of a verification, as the alert has them. */
export const VERDICTS = ["true", "false-alarm", "unclear"]

const PARTS = ["main", "support", "assist"]

/** Limits that whoever sends may give a receiver, beside that of the kind. */
const LIMITS = ["", "4 working-hours", "1 working-day", "3 working-days", "5 working-days", "10 working-days"]

/**
 * A panel of the sheet.
 * @param {string} title
 * @param {string} className
 */
export function part(title, className) {
  const made = panel(title)
  made.body.classList.add(className)
  return made
}

/**
 * Who receives, each with its basis and load, and who may not, with the sentence that forbids it.
 * @param {Sent.Sheet} sheet
 * @param {(unit: string, change: { part?: string, limit?: string } | null) => void} change
 */
export function receivers({ receivers: found, units }, change) {
  const top = el("li", "rc heads", el("span"), el("span", "", t("dispatch.unit")), el("span", "", t("dispatch.basis")), el("span", "", t("dispatch.load")))
  const rows = found.candidates.map((each) => candidate(each, change))
  const none = found.candidates.length ? [] : [el("li", "none", t("dispatch.no_receiver"))]
  const why = found.why.map((each) => el("li", "why", words.pick(each)))
  return [el("ol", "receivers", top, ...rows, ...none), ...(why.length ? [el("ol", "whys", ...why)] : []), ...found.barred.map(barred), adding(units, change)]
}

/**
 * @param {Sent.Candidate} each
 * @param {(unit: string, change: { part?: string, limit?: string } | null) => void} change
 */
function candidate(each, change) {
  const { unit, name, basis, load, why, sentence, limit } = each
  const role = el("select", "part", ...PARTS.map((value) => option(value, t(`order_part.${value}`))))
  role.value = each.part
  role.ariaLabel = `${t("dispatch.part")} ${words.pick(name)}`
  role.onchange = () => change(unit, { part: role.value })
  const time = el("select", "limit", ...LIMITS.map((value) => option(value, value ? spelled(value) : t("dispatch.limit_of_kind"))))
  time.value = limit
  time.ariaLabel = `${t("dispatch.limits")} ${words.pick(name)}`
  time.onchange = () => change(unit, { limit: time.value })
  const away = button("away", () => change(unit, null), "×")
  away.ariaLabel = `${t("dispatch.leave_out")} ${words.pick(name)}`
  return el(
    "li",
    `rc ${each.part}`,
    role,
    el("span", "", el("b", "", words.pick(name)), el("i", "", words.pick(why) || words.pick(sentence))),
    el("span", "", basis),
    el("span", "", `${t("dispatch.open")} ${load.open} · ${t("dispatch.unsigned")} ${load.unsigned}`, el("i", "", each.part === "assist" ? t("dispatch.no_clock") : time, away)),
  )
}

/** @param {Sent.Barred} each */
function barred({ name, about, sentence, basis, instead, changed }) {
  const done = changed ? el("span", "tag", `${t("dispatch.changed")} ✓`) : null
  return el(
    "div",
    "rx",
    el("span", "no", t("dispatch.barred")),
    el("span", "", el("b", "", words.pick(name)), el("i", "", words.pick(about))),
    el("span", "", el("span", "said", words.pick(sentence)), el("b", "", words.pick(instead)), el("i", "", basis)),
    done,
  )
}

/**
 * Another receiver, by a name of the list of bodies.
 * @param {Sent.Body[]} units
 * @param {(unit: string, change: { part?: string }) => void} change
 */
function adding(units, change) {
  const list = el("datalist", "", ...units.map(({ name }) => option(words.pick(name), "")))
  list.id = "bodies"
  const body = Object.assign(el("input", "in"), { placeholder: t("dispatch.add") })
  body.setAttribute("list", list.id)
  body.ariaLabel = t("dispatch.add")
  body.onchange = () => {
    const chosen = units.find(({ name, id }) => words.pick(name) === body.value.trim() || id === body.value.trim())
    if (chosen) change(chosen.id, {})
    else body.setCustomValidity(t("dispatch.unknown_unit"))
    body.reportValidity()
    body.setCustomValidity("")
  }
  return el("div", "adding", el("kbd", "", "+"), body, list)
}

/** @param {string} limit */
function spelled(limit) {
  const [amount, kind] = limit.split(" ")
  return `${amount} ${t(kind.startsWith("working-hour") ? "unit.working_hour" : "unit.working_day")}`
}

/**
 * The text of the order: to be read, or to be written.
 * @param {Sent.Sheet} sheet
 * @param {boolean} writes
 * @param {(name: string, words: string) => void} written `title` or the name of a part
 */
export function letter(sheet, writes, written) {
  const rows = [{ name: "title", words: words.pick(sheet.title) }, ...sheet.text]
  return rows.flatMap(({ name, words: said }) => [el("span", "name", t(`order_said.${name}`)), writes ? field(name, said, written) : el("p", "", ...pieces(said).map(({ words: piece, hedge }) => el("span", hedge ? "sus" : "", piece)))])
}

/**
 * @param {string} name
 * @param {string} said
 * @param {(name: string, words: string) => void} written
 */
function field(name, said, written) {
  const node = Object.assign(el("textarea"), { value: said, maxLength: name === "title" ? 200 : 2000, rows: Math.max(1, Math.ceil(said.length / 46)) })
  node.ariaLabel = t(`order_said.${name}`)
  node.oninput = () => written(name, node.value)
  return node
}

/** @param {Sent.Check[]} found */
export const checks = (found) => found.map(({ name, state, counts }) => el("div", state, sign(state), el("span", "", el("b", "", t(`dispatch_check.${name}`)), told(name, state, counts))))

/** @param {string} state */
function sign(state) {
  const d = state === "ok" ? "M2.5 8.5L6.5 12.5L13.5 3.5" : state === "ask" ? "M8 2V10M8 12.5V14" : "M3 3L13 13M13 3L3 13"
  const drawing = svg("svg", { width: 16, height: 16, role: "img", "aria-label": t(`dispatch_check.${state}`) })
  drawing.append(svg("path", { d, stroke: "var(--ink-1)", "stroke-width": 2, fill: "none" }))
  return drawing
}

/**
 * A check's numbers in words.
 * @param {string} name
 * @param {string} state
 * @param {Record<string, number | string>} counts
 */
function told(name, state, counts) {
  if (name === "verified") return t(counts.verdict ? `step.${words.key(String(counts.verdict))}` : "dispatch_check.unverified")
  const texts = Object.entries(counts).filter(([key, count]) => count || (key === "same" && state === "ok") || key === "suspected" || key === "asserted" || key === "mains").map(([key, count]) => `${t(`dispatch_check.${key}`)} ${count}`)
  return texts.join(" · ")
}

/**
 * What an alert's verification came to, or the presses by which it is recorded.
 * @param {HTMLElement} body
 * @param {Sent.Sheet} sheet
 * @param {(finding: string, how: string) => void} verify
 */
export function verification(body, sheet, verify) {
  const { verified } = sheet
  const how = Object.assign(el("input", "in how"), { placeholder: t("dispatch.how"), maxLength: 500 })
  how.ariaLabel = t("dispatch.how")
  const choices = VERDICTS.map((finding) => {
    const node = button("", () => (how.value.trim() ? verify(finding, how.value.trim()) : how.focus()), t(`step.${words.key(finding)}`))
    node.ariaPressed = String(verified?.finding === finding)
    return node
  })
  const note = verified ? el("p", "", el("b", "", `${words.moment(Date.parse(verified.note.at))} · ${words.who(verified.note.actor)}`), ` ${words.written(verified.note.reason)}`) : el("p", "m", t("dispatch.unverified"))
  fill(body, el("div", "verdict", el("span", "seg", ...choices), how), note)
}

/**
 * A small text at the right of a panel's head.
 * @param {{ small: HTMLElement, end: HTMLElement }} of
 * @param {string} small
 * @param {string} end
 */
export function heads(of, small, end) {
  say(of.small, small)
  say(of.end, end)
}
