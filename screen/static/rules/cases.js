/* The cases of a rule: what comes in, and every alert that it must make of it. `python -m agents rules test` holds the rule to them. */

import { el } from "../common/dom.js"
import { glyph } from "../common/marks.js"
import * as words from "../common/words.js"
import { t } from "../common/words.js"

/**
 * The cases, each folded but for the first.
 * @param {Sent.Rule} rule
 */
export function cases({ rule, unit }) {
  const made = rule.case.map((each, n) => {
    const node = el("details", "", el("summary", "", words.pick({ zh: each.zh || each.name, en: each.name }), el("small", "", `${each.given.length} → ${each.alerts.length}`)), given(each), expected(each, rule, unit))
    node.open = n === 0
    return node
  })
  return [el("h3", "", t("rules.cases"), el("small", "", `${rule.case.length} · ${t("rules.cases_how")}`)), ...made]
}

/** @param {Sent.Case_} found */
function given({ given: events, register }) {
  const rows = events.map(([at, fact, kind]) => line(at, el("code", "", fact === "tick" ? t("rules.tick") : pairs(fact)), kind ? el("small", "", kind) : null))
  const registered = Object.keys(register).length ? el("p", "registered", `${t("rules.registered")} `, el("code", "", pairs(register))) : null
  return el("div", "given", el("h4", "", t("rules.given")), registered, el("ol", "", ...rows))
}

/**
 * @param {Sent.Case_} found
 * @param {Sent.Rule["rule"]} rule
 * @param {Record<string, string>} unit
 */
function expected({ alerts }, { phase }, unit) {
  const rows = alerts.map(({ at, state, severity, item, value, limit, due }) => {
    const told = [
      `${state[0]} ${t(`state.${words.key(state)}`)}`,
      item && (words.word(`item.${item}`) || item),
      value === null ? "" : `${words.number(value, 6)} ${unit[item] ?? unit[""] ?? ""}`,
      limit === null ? "" : `${t("row.limit")} ${words.number(limit, 6)}`,
      due ? `${t("story.due")} ${due.slice(0, 19).replace("T", " ")}` : "",
    ]
    return line(at, glyph(severity, { state: state[0], phase, size: 14 }), el("span", "", told.filter(Boolean).join(" · ")))
  })
  return el("div", "expected", el("h4", "", t("rules.expected")), rows.length ? el("ol", "", ...rows) : el("p", "none", t("rules.no_alert")))
}

/**
 * A moment of a case, in its own words.
 * @param {string} at
 * @param {...(Node | null)} what
 */
const line = (at, ...what) => el("li", "", el("time", "", at.slice(0, 19).replace("T", " ")), ...what)

/** @param {Record<string, unknown>} fact */
const pairs = (fact) => Object.entries(fact).map(([name, value]) => `${name} = ${typeof value === "object" ? JSON.stringify(value) : value}`).join(", ")
