import assert from "node:assert/strict"
import { before, describe, test } from "node:test"
import * as words from "../../screen/static/common/words.js"
import { DAY, HOUR, MINUTE, at, speak } from "./support.js"

describe("times", () => {
  before(() => speak("en"))

  test("the city's time is eight hours ahead of UTC: the epoch is at eight in the morning", () => {
    assert.equal(words.clock(0), "08:00:00")
    assert.equal(words.date(0), "1970-01-01")
  })

  test("a moment is written as day and minute, a clock with its seconds", () => {
    const moment = at("2026-11-24 14:32:08")
    assert.deepEqual([words.clock, words.minute, words.date, words.moment].map((write) => write(moment)), ["14:32:08", "14:32", "2026-11-24", "11-24 14:32"])
  })

  test("a day of the city begins at 16:00 UTC of the day before, also in summer", () => {
    assert.equal(words.date(Date.parse("2026-07-01T15:59:59.999Z")), "2026-07-01")
    assert.equal(words.date(Date.parse("2026-07-01T16:00:00Z")), "2026-07-02")
    assert.equal(words.clock(Date.parse("2026-07-01T16:00:00Z")), "00:00:00")
  })

  test("29 February of a leap year is a day, 1 March follows", () => {
    assert.equal(words.date(at("2028-02-28 23:59:59") + 1000), "2028-02-29")
    assert.equal(words.date(at("2028-02-29 23:59:59") + 1000), "2028-03-01")
  })

  test("24 November 2026 is a Tuesday, from its first to its last millisecond", () => {
    assert.equal(words.weekday(at("2026-11-24 00:00:00")), "Tue")
    assert.equal(words.weekday(at("2026-11-25 00:00:00") - 1), "Tue")
  })

  test("a time that is none is refused, not shown as another one", () => {
    assert.throws(() => words.clock(NaN), RangeError)
  })
})

describe("durations", () => {
  before(() => speak("en"))

  test("a duration has its two largest units", () => {
    assert.equal(words.duration(34 * MINUTE), "34 min")
    assert.equal(words.duration(89 * MINUTE), "1 h 29 min")
    assert.equal(words.duration(3 * DAY + 6 * HOUR + 59 * MINUTE), "3 d 6 h")
  })

  test("a unit begins exactly at its length, and what is left of a minute does not count", () => {
    assert.equal(words.duration(HOUR - 1), "59 min")
    assert.equal(words.duration(HOUR), "1 h 0 min")
    assert.equal(words.duration(DAY - 1), "23 h 59 min")
    assert.equal(words.duration(DAY), "1 d 0 h")
    assert.equal(words.duration(MINUTE - 1), "0 min")
  })

  test("a counter has minutes and seconds with two digits, hours only where there are any", () => {
    assert.equal(words.counter(4 * MINUTE + 37_999), "04:37")
    assert.equal(words.counter(64 * MINUTE + 37_000), "1:04:37")
    assert.equal(words.counter(100 * HOUR), "100:00:00")
    assert.equal(words.counter(0), "00:00")
  })
})

describe("numbers", () => {
  test("thousands stand apart by a thin space, and one decimal is the most without a word", () => {
    assert.equal(words.number(1234567.89), "1\u2009234\u2009567.9")
    assert.equal(words.number(999), "999")
  })

  test("decimals that are nothing are not written", () => {
    assert.equal(words.number(160, 3), "160")
    assert.equal(words.number(0.25, 3), "0.25")
  })

  test("a number is rounded to the decimals that are asked for, whatever was asked before", () => {
    assert.equal(words.number(2.345, 2), "2.35")
    assert.equal(words.number(2.345, 0), "2")
    assert.equal(words.number(2.345, 2), "2.35")
    assert.equal(words.number(-1500.4, 0), "-1\u2009500")
  })
})

describe("texts", () => {
  test("English falls back on Chinese, Chinese on nothing", async () => {
    await speak("en")
    assert.equal(words.pick({ zh: "站", en: "Station" }), "Station")
    assert.equal(words.pick({ zh: "站" }), "站")
    assert.equal(words.pick({ zh: "站", en: "" }), "站")
    await speak("zh")
    assert.equal(words.pick({ zh: "站", en: "Station" }), "站")
  })

  test("what has one wording stays, and nothing is an empty text", () => {
    assert.equal(words.pick("GB 3095"), "GB 3095")
    assert.deepEqual([undefined, null, ""].map(words.pick), ["", "", ""])
  })

  test("a language that is not ours is Chinese, which every register has", async () => {
    await speak("de")
    assert.equal(words.language, "zh")
    assert.equal(globalThis.document.documentElement.lang, "zh-CN")
    await speak("en")
    assert.equal(globalThis.document.documentElement.lang, "en")
  })

  test("a key without words says its last part, or nothing where that is asked", async () => {
    await speak("zh")
    assert.equal(words.t("item.o3"), "臭氧")
    assert.equal(words.t("item.a21002"), "a21002")
    assert.equal(words.word("item.a21002"), "")
  })

  test("a key that every object has by birth has no words", () => {
    assert.equal(words.word("item.constructor"), "")
    assert.equal(words.t("item.__proto__"), "__proto__")
    assert.equal(words.word("item.o3.length.more"), "")
  })

  test("a text of a person is shown, a sealed one is said to be sealed, whatever its reference", async () => {
    const sealed = { kid: "feedface".repeat(8), digest: "deadbeef".repeat(8), size: 64 }
    await speak("zh")
    assert.deepEqual([words.written("检修"), words.written(""), words.written(sealed)], ["检修", "", "已封存"])
    await speak("en")
    assert.equal(words.written(sealed), "sealed")
  })

  test("an account that is made of body, role and number is told as role and number, where no name is known", async () => {
    const posts = ["sim.zz-ee-410182.clerk.1", "sim.zz-gov.leader.duty", "sim.zz-gov.nobody.1", "li.clerk", "clerk.1"].map((id) => ({ id, role: "clerk" }))
    await speak("zh", { "sim.zz-gov.handler.3": "刘*" })
    assert.deepEqual(posts.map(words.who), ["签收员 1", "带班领导 值班", "sim.zz-gov.nobody.1", "li.clerk", "clerk.1"])
    assert.equal(words.whom({ actor: { id: "sim.zz-gov.handler.3", role: "handler" }, behalf: "sim.zz-gov.clerk.2" }), "刘* 代 签收员 2")
    await speak("zh")
  })

  test("who acts is shown by name, where the log has none by that of the account, or by the account", async () => {
    const [named, bare, foreign] = [{ id: "w", name: "王敏", role: "supervisor" }, { id: "w", role: "supervisor" }, { id: "constructor", role: "admin" }]
    await speak("zh")
    assert.deepEqual([named, bare, foreign].map(words.who), ["王敏", "w", "constructor"])
    await speak("zh", { w: "王值班" })
    assert.deepEqual([named, bare, foreign].map(words.who), ["王敏", "王值班", "constructor"])
    await speak("zh")
  })

  test("yuan is 元 in Chinese; a unit without a word of its own is written as it is", async () => {
    await speak("zh")
    assert.equal(words.measure("yuan"), "元")
    assert.equal(words.measure("µg/m³"), "µg/m³")
  })

  test("the key of an act has underscores where its name has hyphens", () => {
    assert.equal(words.key("remove-from-service"), "remove_from_service")
  })
})
