/* What the tests share: words without a server, moments of the city's time, and rows of alerts. */

import { mock } from "node:test"
import { load } from "../../screen/static/common/words.js"

/** The texts that the tests need, in both languages; all other keys say their last part. */
const TEXTS = {
  zh: { unit: { day: "天", hour: "小时", minute: "分", weekdays: ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"] }, item: { o3: "臭氧" }, measure: { yuan: "元" }, city: "郑州市", of_city: "市", comma: "，", state: { B: "未确认" }, sealed: "已封存", on_duty: "值班", role: { clerk: "签收员", leader: "带班领导" }, orders: { for: " 代 " } },
  en: { unit: { day: "d", hour: "h", minute: "min", weekdays: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] }, item: { o3: "Ozone" }, city: "Zhengzhou", of_city: "", comma: ", " },
}

/** Speak this language from now on, as a page does that was opened with `?lang=`. */
export async function speak(language, names) {
  globalThis.location = new URL(`https://screen.test/?lang=${language}`)
  globalThis.document = { documentElement: {} }
  mock.method(globalThis, "fetch", async () => Response.json({ ...TEXTS, names }))
  await load()
  mock.restoreAll()
}

/** Milliseconds of a moment of the city: `at("2026-11-24 14:32:08")`. */
export const at = (text) => Date.parse(`${text.replace(" ", "T")}+08:00`)

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** An alert as lists show it. */
export const row = (fields = {}) => ({
  id: "a", rev: 1, occurrence: 1, severity: "yellow", state: "B", phase: "in-process", domain: "environment", title: { zh: "超标", en: "Over the limit" }, item: "", name: { zh: "站", en: "Station" },
  adcode: "410105", value: null, limit: null, unit: "", clause: ["GB 3095", "4.2", "V"], department: { zh: "局", en: "Bureau" }, owner: "env", raised: 0, due: null, provisional: false, verbs: [], ...fields,
})
