import assert from "node:assert/strict"
import { before, describe, test } from "node:test"
import { bureau, clause, concluded, placed, putAside, sealing, titled } from "../../screen/static/common/alert/alert.js"
import { allowed, refused, whyNot } from "../../screen/static/common/alert/rights.js"
import { happened, what } from "../../screen/static/common/alert/trail.js"
import { HOUR, at, row, speak } from "./support.js"

describe("an alert in a few words", () => {
  before(() => speak("zh"))

  test("what of the subject it is about stands before the title, where it is known", () => {
    assert.equal(titled(row({ item: "o3" })), "臭氧 超标")
    assert.equal(titled(row({ item: "unheard" })), "超标")
    assert.equal(titled(row()), "超标")
  })

  test("a clause that is still to be verified says so", () => {
    assert.equal(clause({ clause: ["GB 3095-2012", "4.2", "V"] }), "GB 3095-2012 4.2")
    assert.equal(clause({ clause: ["GB 3095-2012", "4.2", "M"] }), "GB 3095-2012 4.2 · unverified")
  })

  test("what no worker has sealed bears a mark, all else none", () => {
    assert.deepEqual([sealing(true), sealing(false)], ["unsealed", ""])
  })

  test("a name that begins with its district is not told twice", () => {
    assert.equal(placed("管城回族区", "管城区第一小学"), "管城区第一小学")
    assert.equal(placed("金水区", "郑州烟厂"), "金水区 郑州烟厂")
    assert.equal(placed("", "郑州烟厂"), "郑州烟厂")
  })

  test("in English a district is named whole", async () => {
    await speak("en")
    assert.equal(placed("Jinshui", "Jinshui Road"), "Jinshui Road")
    assert.equal(placed("Jinshui", "Jin Road"), "Jinshui Jin Road")
    await speak("zh")
  })

  test("a department of the city loses the city's name, another one keeps its own", () => {
    assert.equal(bureau("郑州市生态环境局"), "市生态环境局")
    assert.equal(bureau("河南省水利厅"), "河南省水利厅")
  })

  const note = { actor: { id: "w", name: "王敏", role: "leader" }, reason: "检修", at: "", verb: "shelve" }

  test("what is put aside says until when, by whom and why; by a rule where nobody did it", () => {
    const aside = { until: "2026-11-24T14:32:00+08:00", once: false, permit: "", note }
    assert.equal(putAside(aside), "until 11-24 14:32 · 王敏 · 检修")
    assert.equal(putAside({ ...aside, once: true, permit: "P-7" }), "until 11-24 14:32 · once · permit P-7 · 王敏 · 检修")
    assert.match(putAside({ ...aside, note: { ...note, actor: { ...note.actor, role: "design" } } }), /by_rule/)
  })

  test("a sealed reason, and a sealed number of a permit, are said to be sealed", () => {
    const reason = { kid: "feedface".repeat(8), digest: "deadbeef".repeat(8), size: 64 }
    const aside = { until: "2026-11-24T14:32:00+08:00", once: false, permit: reason, note: { ...note, reason } }
    assert.equal(putAside(aside), "until 11-24 14:32 · permit 已封存 · 王敏 · 已封存")
    const closed = { due: "2026-11-24T14:00:00+08:00", overdue: false, finding: "confirmed", note: { ...note, reason } }
    assert.equal(concluded(closed, 0), "confirmed · 王敏 · 已封存")
  })

  test("an open case tells the time that is left, or by how much it is late; a closed one its finding", () => {
    const due = at("2026-11-24 14:00:00")
    const open = { due: "2026-11-24T14:00:00+08:00", overdue: false, finding: null, note }
    assert.equal(concluded(open, due - HOUR), "open_case · due 11-24 14:00 · left 1 小时 0 分")
    assert.equal(concluded(open, due + 2 * HOUR), "open_case · due 11-24 14:00 · overdue 2 小时 0 分")
    assert.equal(concluded({ ...open, overdue: true }, null), "open_case · due 11-24 14:00 · overdue")
    assert.equal(concluded({ ...open, finding: "confirmed" }, due), "confirmed · 王敏 · 检修")
  })
})

describe("a trail in words", () => {
  before(() => speak("zh"))

  test("an entry tells what happened, from which state to which, and who did it", () => {
    const actor = { id: "w", name: "王敏", role: "operator" }
    assert.equal(happened({ event: "acknowledge", verb: "acknowledge", before: "B", after: "C", actor }), "acknowledge · B → C · 王敏")
    assert.equal(happened({ event: "comment", verb: "comment", before: "B", after: "B", actor: null }), "comment")
  })

  test("a refusal names the act that was refused", () => {
    assert.equal(what({ event: "refuse", verb: "return-to-service" }), "refusereturn_to_service")
  })
})

describe("what a person may do", () => {
  const person = (fields = {}) => ({ id: "w", name: "王", role: "operator", may: ["acknowledge"], departments: [], districts: [], ...fields })

  test("nobody who is unknown may do anything, and only what the role has", () => {
    assert.equal(whyNot(undefined, "acknowledge", ["env"]), "role")
    assert.equal(whyNot(person(), "shelve", ["env"]), "role")
    assert.equal(whyNot(person(), "acknowledge", ["env"]), "")
  })

  test("a person of departments acts for those alone, one of none for all", () => {
    assert.equal(whyNot(person({ departments: ["water"] }), "acknowledge", ["env"]), "department")
    assert.equal(whyNot(person({ departments: ["water", "env"] }), "acknowledge", ["fire", "env"]), "")
  })

  test("a district holds itself; a city and a province hold what lies in them (GB/T 2260)", () => {
    const within = (district, adcode) => whyNot(person({ districts: [district] }), "acknowledge", ["env"], adcode) === ""
    assert.deepEqual([within("410105", "410105"), within("410100", "410105"), within("410000", "410105")], [true, true, true])
    assert.deepEqual([within("410105", "410102"), within("410200", "410105"), within("420000", "410105")], [false, false, false])
  })

  test("what has no district is no one's who has districts, and what asks for none is open to all", () => {
    const held = person({ districts: ["410105"] })
    assert.equal(whyNot(held, "acknowledge", ["env"], ""), "district")
    assert.equal(whyNot(held, "acknowledge", ["env"]), "")
  })

  test("of an alert's acts those are offered that the person may do, by its row as by its story", () => {
    const mine = person({ may: ["acknowledge", "comment"], departments: ["env"] })
    const verbs = ["acknowledge", "comment", "shelve"]
    assert.deepEqual(allowed(mine, row({ verbs })), ["acknowledge", "comment"])
    const { owner, ...rest } = row({ verbs })
    assert.deepEqual(allowed(mine, { ...rest, department: { id: owner } }), ["acknowledge", "comment"])
    assert.deepEqual(allowed(mine, row({ verbs, owner: "water" })), [])
  })

  test("why nothing is offered is said only where there is something to do and the person is known", () => {
    assert.equal(refused(person({ departments: ["water"] }), row({ verbs: ["acknowledge"] })), "department")
    assert.equal(refused(person({ may: [] }), row({ verbs: ["acknowledge"] })), "role")
    assert.equal(refused(person(), row({ verbs: [] })), "")
    assert.equal(refused(undefined, row({ verbs: ["acknowledge"] })), "")
  })
})
