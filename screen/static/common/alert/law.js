/* The law's own words, one press away from ours: the articles in full that an edition cites, where the server has the library. */

import { button, el, fill } from "../dom.js"
import { get } from "../server/get.js"
import { t } from "../words.js"

/** @type {Promise<boolean> | undefined} */
let there

/** Whether the server has the library of statutes; asked until it has answered. */
const installed = () => (there ??= get("law").then(({ body }) => {
  if (!body) there = undefined
  return Boolean(body?.installed)
}))

/**
 * A press that shows the articles, and hides them again; hidden itself where there is no library.
 * @param {{ edition: string, article: string }} clause
 * @param {string} day on which they should have been in force (ISO 8601)
 */
export function articles({ edition, article }, day) {
  const list = el("div", "articles")
  list.hidden = true
  let read = false
  const press = button("quiet", async () => {
    list.hidden = !list.hidden
    press.ariaExpanded = String(!list.hidden)
    if (list.hidden || read) return
    const { body } = await get(`law?${new URLSearchParams({ edition, article, day })}`)
    read = Boolean(body)
    fill(list, ...shown(body))
  }, t("law.full"))
  press.ariaExpanded = "false"
  press.hidden = true
  installed().then((has) => { press.hidden = !has })
  return el("div", "law", press, list)
}

/** @param {{ articles: { law: string, n: number, added: string, since: string, until: string | null, text: string }[] } | null} body */
function shown(body) {
  if (!body) return [el("p", "by", t("law.no_answer"))]
  if (!body.articles.length) return [el("p", "by", t("law.none"))]
  return body.articles.map(({ law, n, added, since, until, text }) => {
    const words = el("blockquote", "", text)
    words.lang = "zh-CN"
    return el("div", "article", el("b", "", `${law} 第${n}条${added}`), el("small", "", ` ${since} – ${until ?? ""}`), words)
  })
}
