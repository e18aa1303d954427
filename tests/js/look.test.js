import assert from "node:assert/strict"
import { describe, mock, test } from "node:test"
import { Looks, PURPOSES, mayLook, outcome } from "../../screen/static/desk/look.js"
import { speak } from "./support.js"

/** As much of an element as a look has: children, text, and what is pressed. */
class Node {
  children = []
  constructor(tag) { this.tag = tag }
  append(...more) { this.children.push(...more) }
  replaceChildren(...more) { this.children = more }
  contains(other) { return this === other || this.children.some((child) => child.contains?.(other)) }
  querySelector(tag) { return this.buttons()[0] ?? (tag, null) }
  buttons() { return this.children.flatMap((child) => (child.tag === "button" ? [child] : child.buttons?.() ?? [])) }
  focus() { Node.focused = this }
  get textContent() { return this.children.map((child) => child.textContent ?? child).join("") }
}

const ASKED = { alert: "a", place: { topic: "live.events.environment", partition: 2, offset: 7 }, path: "reason", reference: { kid: "ab", digest: "cd", size: 32 } }
const settled = () => new Promise((done) => { setImmediate(done) })

/** A look whose requests are answered so; with what was sent. */
async function looking(answer) {
  await speak("zh")
  const sent = []
  globalThis.document = { createElement: (tag) => new Node(tag) }
  mock.method(globalThis, "fetch", async (path, options) => {
    sent.push([path, options.method, JSON.parse(options.body)])
    return answer()
  })
  const looks = new Looks()
  return { looks, node: looks.beside(ASKED, "trail"), sent }
}

describe("a look at a sealed text", () => {
  test("asks what for first, sends that alone, and shows the text as text", async () => {
    const { node, sent } = await looking(() => Response.json({ state: "open", shown: { zh: "<b>请回避</b>", en: "<b>请回避</b>" } }))
    node.buttons()[0].onclick()
    assert.equal(sent.length, 0)
    assert.equal(node.buttons().length, PURPOSES.length + 1)
    assert.equal(Node.focused, node.buttons()[0])
    node.buttons()[1].onclick()
    await settled()
    assert.deepEqual(sent, [["/screen/look", "POST", { ...ASKED, purpose: "review" }]])
    assert.equal(node.textContent, "<b>请回避</b>")
    assert.deepEqual(node.buttons(), [])
  })

  test("stays where its row is drawn again, and is gone once the alert is left, also one that is still on its way", async () => {
    const { looks, node } = await looking(() => Response.json({ state: "open", shown: "请回避" }))
    node.buttons()[0].onclick()
    node.buttons()[0].onclick()
    await settled()
    assert.equal(looks.beside({ ...ASKED }, "trail"), node)
    looks.clear()
    assert.equal(node.textContent, "")
    const late = looks.beside(ASKED, "trail")
    assert.notEqual(late, node)
    late.buttons()[0].onclick()
    late.buttons()[0].onclick()
    looks.clear()
    await settled()
    assert.equal(late.textContent, "")
  })

  test("is taken back by Escape before anything is sent", async () => {
    const { looks, node, sent } = await looking(() => Response.error())
    assert.equal(looks.back(node.buttons()[0]), false)
    node.buttons()[0].onclick()
    assert.equal(looks.back(node.buttons()[2]), true)
    assert.equal(node.buttons().length, 1)
    assert.deepEqual(sent, [])
  })

  test("may be tried again where a part was away", async () => {
    const { node } = await looking(() => { throw new TypeError("no network") })
    node.buttons()[0].onclick()
    node.buttons()[0].onclick()
    await settled()
    assert.equal(node.buttons().length, 1)
  })
})

describe("what an answer says", () => {
  test("deleted, sealed and lost are words in the text's place, each its own", async () => {
    await speak("zh")
    const shown = ["依法已删除", "已封存", "不可用"]
    const found = ["deleted", "sealed", "unavailable"].map((state, n) => outcome(200, { state, shown: { zh: shown[n], en: "x" } }))
    assert.deepEqual(found, shown.map((says) => ({ kind: "state", says })))
  })

  test("what is masked in a record is told field by field, in the page's language", async () => {
    await speak("en")
    const fields = [{ path: "lon", name: { zh: "经度", en: "Longitude" }, value: 113.7 }, { path: "reason", name: { zh: "原因", en: "Why" }, value: "停电" }]
    assert.deepEqual(outcome(200, { fields }), { kind: "text", says: "Longitude 113.7 · Why 停电" })
  })

  test("a refusal and a part that is away are neither, and show nothing of the server's own sentence", async () => {
    await speak("en")
    for (const [status, says] of [[401, "session"], [403, "right"], [404, "place"], [409, "place"], [410, "place"], [503, "away"], [0, "away"], [200, "away"]]) {
      assert.deepEqual(outcome(status, { error: "kafka" }), { kind: "sorry", says })
    }
  })
})

test("who may look is offered it: by the act, the department and the district of the alert", () => {
  const alert = { department: { id: "zz-ee" }, adcode: "410102" }
  const person = { may: ["look"], departments: ["zz-ee"], districts: ["410100"] }
  assert.equal(mayLook(person, alert), true)
  for (const other of [undefined, { ...person, may: ["comment"] }, { ...person, departments: ["zz-amr"] }, { ...person, districts: ["420100"] }]) {
    assert.equal(mayLook(other, alert), false)
  }
})
