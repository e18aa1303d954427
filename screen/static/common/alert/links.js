/* Where else an alert is told of: its rule in the rule book, its replay, and its file to be printed. */

import { el } from "../dom.js"
import * as words from "../words.js"
import { t } from "../words.js"

/**
 * The way to the rule of an alert, to its replay where `pages`, those of the person, have it, and to its file on paper.
 * @param {{ id: string, rule: string }} alert
 * @param {string[]} [pages]
 */
export const links = (alert, pages = []) => [
  way("rule", t("page.rules"), `/rules?${new URLSearchParams({ rule: alert.rule, lang: words.language })}`),
  pages.includes("replay") ? way("replay", t("page.replay"), `/replay?${new URLSearchParams({ alert: alert.id, lang: words.language })}`) : null,
  way("print", t("story.print"), `/print?${new URLSearchParams({ alert: alert.id, lang: words.language })}`),
]

/**
 * @param {string} name
 * @param {string} text
 * @param {string} href
 */
function way(name, text, href) {
  const node = el("a", `to-${name}`, text)
  node.href = href
  return node
}
