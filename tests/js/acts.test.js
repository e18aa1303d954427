import assert from "node:assert/strict"
import { afterEach, mock, test } from "node:test"
import { Acts, caused } from "../../screen/static/common/alert/acts.js"

const ALERT = { id: "a", occurrence: 2, rev: 100 }
const PERSON = { id: "wang" }
const FIELDS = { verb: "acknowledge", reason: "seen" }
const PLACE = { partition: 1, offset: 120 }
const entry = (fields) => ({ event: "acknowledge", verb: "acknowledge", actor: PERSON, place: { topic: "log.acts", ...PLACE }, ...fields })

/** Acts before a server that answers a press with a status and then tells this trail. */
function before(status, trail = []) {
  const sent = []
  mock.method(globalThis, "fetch", async (_path, asked) => {
    if (!asked) return Response.json({ trail })
    sent.push(JSON.parse(asked.body))
    if (status === 0) throw new TypeError("away")
    return Response.json(PLACE, { status })
  })
  const states = []
  const acts = new Acts(() => states.push(acts.of(ALERT)?.state))
  return { acts, sent, states }
}

afterEach(() => mock.restoreAll())

test("an act is done only when the alert's trail has the entry of its own record", async () => {
  const { acts, sent, states } = before(202, [entry()])
  await acts.send(ALERT, PERSON, "key", FIELDS)
  assert.deepEqual(states, ["sending", "pending", "done"])
  assert.deepEqual(sent, [{ alert: "a", occurrence: 2, key: "key", ...FIELDS }])
})

test("an act that the log refuses says why in the log's own words", async () => {
  const { acts } = before(202, [entry({ event: "refuse", reason: "already acknowledged" })])
  await acts.send(ALERT, PERSON, "key", FIELDS)
  assert.equal(acts.of(ALERT).state, "refused")
  assert.equal(acts.of(ALERT).reason, "already acknowledged")
})

test("what the server answers is what is said: no right, too late, not accepted", async () => {
  for (const [status, state] of [[403, "forbidden"], [409, "conflict"], [428, "second"], [500, "unaccepted"], [0, "unaccepted"]]) {
    const { acts } = before(status)
    await acts.send(ALERT, PERSON, "key", FIELDS)
    assert.equal(acts.of(ALERT).state, state)
    mock.restoreAll()
  }
})

test("nothing else is sent for an alert while an act on it is under way", async () => {
  const { acts, sent } = before(202)
  const first = acts.send(ALERT, PERSON, "one", FIELDS)
  await acts.send(ALERT, PERSON, "two", FIELDS)
  assert.deepEqual(sent.map(({ key }) => key), ["one"])
  assert.equal(acts.underway(ALERT), true)
  acts.drop(ALERT)
  assert.equal(acts.of(ALERT).key, "one")
  acts.close()
  await first
})

test("an act that was not accepted stays until it is sent again, with its key and the occurrence that the person saw", async () => {
  const { acts, sent } = before(0)
  await acts.send(ALERT, PERSON, "key", FIELDS)
  acts.forget(ALERT)
  assert.equal(acts.of(ALERT).state, "unaccepted")
  await acts.retry({ ...ALERT, occurrence: 3, rev: 200 }, PERSON)
  assert.deepEqual(sent.map(({ key, occurrence }) => [key, occurrence]), [["key", 2], ["key", 2]])
  assert.equal(acts.of(ALERT).since, 100)
  acts.drop(ALERT)
  assert.equal(acts.of(ALERT), undefined)
})

test("a retry of nothing sends nothing", async () => {
  const { acts, sent } = before(202)
  await acts.retry(ALERT, PERSON)
  assert.deepEqual(sent, [])
})

const ACT = { place: PLACE, verb: "acknowledge", person: "wang", again: true, since: 100 }
const earlier = (offset, fields) => entry({ place: { partition: 1, offset }, ...fields })

test("of a copy, whose first sending came all the same, the entry of the first counts", () => {
  assert.equal(caused([earlier(110)], ACT).place.offset, 110)
})

test("another person's act, another verb, what the person had seen, and what came later caused nothing of it", () => {
  for (const other of [earlier(110, { actor: { id: "li" } }), earlier(110, { verb: "comment" }), earlier(100), earlier(130), earlier(110, { actor: null })]) assert.equal(caused([other], ACT), undefined)
})

test("an act that was sent once is known by its own record alone", () => {
  assert.equal(caused([earlier(110)], { ...ACT, again: false }), undefined)
  assert.equal(caused([entry({ place: { partition: 2, offset: 120 } })], { ...ACT, again: false }), undefined)
})
