import assert from "node:assert/strict"
import { before, describe, test } from "node:test"
import { changed, hindered, issue, keep, pieces, question, taken, unchanged } from "../../screen/static/dispatch/draft.js"
import { backOf, spoken, trueOf } from "../../screen/static/dispatch/share.js"
import { wilson } from "../../screen/static/common/interval.js"
import { rung } from "../../screen/static/common/sound/calls.js"
import { speak } from "./support.js"

const MAIN = { unit: "zz-ee", part: "main", limit: "" }
const sheet = (states = {}) => ({
  order: "a".repeat(32), title: { zh: "疑似超限", en: "Suspected" }, text: [], paper: "work-order", urgent: true, verdict: "", fields: { kind: "lead", adcode: "410182" },
  receivers: { candidates: [{ ...MAIN, name: "局" }] },
  checks: ["verified", "correspondence", "wording", "limits", "duplicate"].map((name) => ({ name, state: states[name] ?? "ok", counts: {} })),
})

/** A store as a browser has it. */
function store() {
  const kept = new Map()
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) }
}

describe("the receivers of a draft", () => {
  test("another one supports until it is made the main one, which only one can be", () => {
    const two = changed([MAIN], "zz-um", {})
    assert.deepEqual(two.map(({ unit, part }) => [unit, part]), [["zz-ee", "main"], ["zz-um", "support"]])
    assert.deepEqual(changed(two, "zz-um", { part: "main" }).map(({ part }) => part), ["support", "main"])
  })

  test("one is left out, or given a limit of its own", () => {
    assert.deepEqual(changed([MAIN], "zz-ee", null), [])
    assert.equal(changed([MAIN], "zz-ee", { limit: "1 working-day" })[0].limit, "1 working-day")
  })
})

describe("whether a press may be made", () => {
  test("what is not verified asks for a reason before anything is sent", () => {
    assert.deepEqual(hindered(sheet({ verified: "ask" }), " "), { stops: [], asks: ["verified"], why: true })
    assert.equal(hindered(sheet({ verified: "ask" }), "电话无人接听，先行派单").why, false)
    assert.equal(hindered(sheet(), "").why, false)
  })

  test("a text that asserts stops it, whatever the reason", () => {
    assert.deepEqual(hindered(sheet({ wording: "stop" }), "理由").stops, ["wording"])
  })

  test("what is sent is the sheet's, with the receivers and the reason", () => {
    const sent = issue(sheet(), " 理由 ")
    assert.deepEqual([sent.order, sent.kind, sent.reason, sent.receivers], ["a".repeat(32), "lead", "理由", [MAIN]])
  })
})

describe("what is asked and kept", () => {
  test("only what a person has changed is sent with the question", () => {
    assert.deepEqual(question("a", "k", unchanged()), { alert: "a", key: "k", verdict: "" })
    assert.deepEqual(question("a", "k", { ...unchanged(), title: "疑似" }).title, "疑似")
  })

  test("a draft is kept in the browser by alert and occurrence, and let go when it was sent", () => {
    const browser = store()
    keep(browser, "a/1", { ...unchanged(), reason: "稿" })
    assert.deepEqual([taken(browser, "a/1").found, taken(browser, "a/1").changes.reason, taken(browser, "a/2").found], [true, "稿", false])
    keep(browser, "a/1", null)
    assert.equal(taken(browser, "a/1").found, false)
  })

  test("a store that holds something else loses nothing but the drafts", () => {
    const browser = store()
    browser.setItem("onescreen-drafts", "{")
    assert.deepEqual(taken(browser, "a/1").changes, unchanged())
  })
})

test("疑似 is a piece of its own", () => {
  assert.deepEqual(pieces("均值疑似超限"), [{ words: "均值", hedge: false }, { words: "疑似", hedge: true }, { words: "超限", hedge: false }])
})

describe("the share of true alarms", () => {
  before(() => speak("zh"))

  test("it is told by rule where something was verified", () => {
    const found = [{ by: "desk", key: "r" }, { by: "rule", key: "r", verified: { true: 37, false: 7, unclear: 2 } }]
    assert.deepEqual(trueOf(found, "r"), { of: 44, count: 37 })
    assert.equal(trueOf(found, "q"), null)
    assert.match(spoken({ of: 44, count: 37 }), /37 \/ 44 · 84 % · interval 71–92 %$/)
    assert.match(spoken({ of: 20, count: 0 }), /0 \/ 20 · 0 % · interval 0–16 % · few$/)
  })
})

test("the interval of a share is the score interval: Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3", () => {
  const published = [[81, 263, 0.2553, 0.3662], [15, 148, 0.0624, 0.1605], [0, 20, 0, 0.1611], [1, 29, 0.0061, 0.1718]]
  for (const [count, of, ...bounds] of published) assert.deepEqual(wilson(count, of).map((each) => Number(each.toFixed(4))), bounds)
})

describe("what rings of orders", () => {
  test("what stands there when a page opens is not new; what comes rings once, however much comes together", () => {
    const first = rung(null, [{ key: "a" }])
    assert.equal(first.fresh, 0)
    const next = rung(first.known, [{ key: "a" }, { key: "b" }, { key: "c" }])
    assert.equal(next.fresh, 2)
    assert.equal(rung(next.known, [{ key: "b" }]).fresh, 0)
  })
})

test("what orders have put right and came back is told by rule, and nothing where there was none", () => {
  const found = [{ by: "domain", key: "r", put_right: { ended: 9, back: 9 } }, { by: "rule", key: "r", put_right: { ended: 4, back: 1 } }, { by: "rule", key: "s" }]
  assert.deepEqual([backOf(found, "r"), backOf(found, "s"), backOf([], "r")], [{ of: 4, count: 1 }, null, null])
})
