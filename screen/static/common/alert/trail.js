/* An entry of an alert's trail in words. */

import * as words from "../words.js"
import { t } from "../words.js"

/**
 * What has happened.
 * @param {Pick<Sent.Entry, "event" | "verb">} entry
 * @returns {string}
 */
export const what = ({ event, verb }) => (event === "refuse" ? `${t("event.refuse")}${t(`do.${words.key(verb)}`)}` : t(`event.${words.key(event)}`))

/**
 * What has happened, from which state to which, and who did it.
 * @param {Pick<Sent.Entry, "event" | "verb" | "before" | "after" | "actor">} entry
 */
export function happened(entry) {
  const { before, after, actor } = entry
  return [what(entry), before === after ? "" : `${before} → ${after}`, actor && words.who(actor)].filter(Boolean).join(" · ")
}
