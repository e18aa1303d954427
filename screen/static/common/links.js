/* Where else an alert is told of: its rule in the rule book, and its file to be printed. */

import { el } from "./dom.js"
import * as words from "./words.js"
import { t } from "./words.js"

/** The way to the rule of an alert, and to its file on paper. */
export const links = (alert) => [
  way("rule", t("page.rules"), `/rules?${new URLSearchParams({ rule: alert.rule, lang: words.language })}`),
  way("print", t("story.print"), `/print?${new URLSearchParams({ alert: alert.id, lang: words.language })}`),
]

function way(name, text, href) {
  const node = el("a", `to-${name}`, text)
  node.href = href
  return node
}
