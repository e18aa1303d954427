import assert from "node:assert/strict"
import { before, describe, test } from "node:test"
import { keyFigures } from "../../screen/static/wall/keyfigures.js"
import { alerts, first, group, left, seenIn, shown } from "../../screen/static/wall/list/order.js"
import { expression, grey } from "../../screen/static/wall/map/loads.js"
import { HEIGHT, WIDTH, outlines } from "../../screen/static/wall/outlines.js"
import { due } from "../../screen/static/wall/renewal.js"
import { heard } from "../../screen/static/common/sound/calls.js"
import { marked, turned, views } from "../../screen/static/wall/turning.js"
import { DAY, HOUR, MINUTE, row, speak } from "./support.js"

const rows = (count, fields = {}) => Array.from({ length: count }, (_, n) => row({ id: `r${n}`, ...fields }))
const ids = (entries) => entries.map(({ id }) => id)

describe("which entries of the list are shown", () => {
  const none = new Set()
  const folded = { long: false, flood: false }

  test("a view has its own domain's alerts, and every red one of the others", () => {
    const entries = [row({ domain: "water" }), row({ domain: "water", severity: "red" }), row({ domain: "fire" })]
    assert.deepEqual(entries.map(seenIn("fire")), [false, true, true])
    assert.deepEqual(entries.map(seenIn(null)), [true, true, true])
  })

  test("there is room for 13 rows; what is after the fact has 4 of them, however much is in process", () => {
    const found = shown(rows(50), rows(50), none, folded)
    assert.deepEqual([found["in-process"].length, found["post-event"].length], [9, 4])
  })

  test("room that one phase leaves is the other's", () => {
    assert.deepEqual(Object.values(shown(rows(2), rows(50), none, folded)).map((each) => each.length), [2, 11])
    assert.deepEqual(Object.values(shown(rows(50), rows(1), none, folded)).map((each) => each.length), [12, 1])
    assert.deepEqual(Object.values(shown([], [], none, folded)).map((each) => each.length), [0, 0])
  })

  test("the band of a flood takes two rows, and a list that is unfolded has room for all", () => {
    assert.equal(shown(rows(50), [], none, { ...folded, flood: true })["in-process"].length, 11)
    assert.deepEqual(Object.values(shown(rows(50), rows(60), none, { long: true, flood: true })).map((each) => each.length), [50, 60])
  })

  test("what is new and red is shown though it stands below, in the place of the last", () => {
    assert.deepEqual(ids(first(rows(6), 3, new Set(["r5"]))), ["r0", "r1", "r5"])
    assert.deepEqual(ids(first(rows(6), 3, new Set(["r1"]))), ["r0", "r1", "r2"])
  })

  test("more new ones than there is room for fill it, and no more", () => {
    assert.deepEqual(ids(first(rows(9), 2, new Set(["r4", "r5", "r6", "r7"]))), ["r4", "r5"])
  })

  test("an incident with its red alerts takes a row for each, or is not shown at all", () => {
    const tall = row({ id: "tall", incident: { id: "i" }, reds: rows(3) })
    assert.deepEqual(ids(first([tall, ...rows(3)], 4, none)), ["tall"])
    assert.deepEqual(ids(first([tall, ...rows(3)], 5, none)), ["tall", "r0"])
    assert.deepEqual(ids(first([tall], 3, none)), [])
  })

  test("an incident is known by its own id and counts all that wait in it", () => {
    const bundle = row({ incident: { id: "i" }, waiting: 7 })
    assert.deepEqual([group(bundle), group(row())], ["i", "a"])
    assert.equal(alerts([bundle, row(), row()]), 9)
  })

  test("what is left of each severity is all of it without what is shown", () => {
    const bundle = row({ severity: "red", incident: { id: "i" }, waiting: 5, severities: [2, 0, 3, 0] })
    assert.deepEqual(left([4, 1, 6, 0], [bundle, row({ severity: "yellow" })]), [2, 1, 2, 0])
    assert.deepEqual(left([1, 2, 3, 4], []), [1, 2, 3, 4])
  })
})

describe("the key figures", () => {
  before(() => speak("zh"))

  const text = (zh) => ({ zh, en: zh })
  const station = { domain: "air", title: text("在线率"), note: text("不低于 95"), unit: "%", fold: "online", value: 100, severity: null, subject: null, online: 100, all: 100 }
  const worst = { ...station, title: text("最差"), note: text("限 100"), unit: "", fold: "max", value: 80, subject: text("甲站") }
  const calm = { unacknowledged: 0, oldest: null, red: 0, red_unacknowledged: 0, recent: 0, stale: 0, headline: [station, worst], bad: 0, waited: null, signed: 0 }
  const at = { unacknowledged: 0, red: 1, recent: 2, stale: 3, first: 4, second: 5, bad: 6, waited: 7 }
  const cell = (name, fields, view = null) => keyFigures({ ...calm, ...fields }, view)[at[name]]
  const colour = (name, fields) => cell(name, fields)[4]

  test("a calm city has eight figures and none of them in a colour", () => {
    assert.equal(keyFigures(calm, null).length, 8)
    assert.deepEqual(new Set(keyFigures(calm, null).map((each) => each[4])), new Set([""]))
  })

  test("ten annunciations in ten minutes are a flood (ANSI/ISA-18.2-2016), nine are not", () => {
    assert.deepEqual([colour("recent", { recent: 9 }), colour("recent", { recent: 10 })], ["", "sys"])
  })

  test("fewer than five stale alarms are bearable (ANSI/ISA-18.2-2016)", () => {
    assert.deepEqual([colour("stale", { stale: 4 }), colour("stale", { stale: 5 })], ["", "yellow"])
  })

  test("a limit of the wall that is reached is kept, one that is passed is shown", () => {
    assert.deepEqual([colour("unacknowledged", { unacknowledged: 30 }), colour("unacknowledged", { unacknowledged: 31 })], ["", "red"])
    assert.deepEqual([colour("waited", { waited: 15 * MINUTE }), colour("waited", { waited: 15 * MINUTE + 1 })], ["", "yellow"])
    assert.equal(colour("red", { red: 1 }), "red")
  })

  test("a domain's own figure has the colour that its description gives, and says what it is the figure of", () => {
    const found = cell("first", { headline: [{ ...station, value: 66.666, online: 2, all: 3, severity: "orange" }] })
    assert.deepEqual(found, ["在线率", "66.7", "%", "不低于 95 · 2/3", "orange"])
    assert.deepEqual(cell("second", {}), ["最差", "80", "", "限 100 · 甲站", ""])
  })

  test("in the view of a domain its own figures come first", () => {
    const other = { ...worst, domain: "lift", title: text("困人") }
    assert.deepEqual(["first", "second"].map((name) => cell(name, { headline: [station, worst, other] }, "lift")[0]), ["困人", "在线率"])
    assert.deepEqual(["first", "second"].map((name) => cell(name, { headline: [station, worst, other] })[0]), ["在线率", "最差"])
  })

  test("what is not known is a dash, never a number", () => {
    const headline = [{ ...station, value: null, online: 0, all: 0 }]
    assert.deepEqual([cell("first", { headline })[1], cell("second", { headline })[1], cell("waited", {})[1]], ["—", "—", "—"])
  })

  test("waiting is told in whole minutes, the oldest in its largest unit", () => {
    assert.deepEqual(cell("waited", { waited: 90_000 }).slice(1, 3), ["2", "分"])
    assert.match(cell("unacknowledged", { oldest: 26 * HOUR })[3], /1 天$/)
  })
})

describe("which view the wall shows", () => {
  const all = [null, "water", "fire"]
  const calm = { held: false, red: false }

  test("each view stays for 20 seconds, then the next one comes, and all domains again after the last", () => {
    assert.deepEqual(turned({ view: null, since: 0 }, all, { ...calm, now: 19_999 }), { view: null, since: 0 })
    assert.deepEqual(turned({ view: null, since: 0 }, all, { ...calm, now: 20_000 }), { view: "water", since: 20_000 })
    assert.equal(turned({ view: "fire", since: 0 }, all, { ...calm, now: 20_000 }).view, null)
  })

  test("a wall that is held stays where it is, red or not, and its turn begins anew", () => {
    assert.deepEqual(turned({ view: "fire", since: 0 }, all, { now: 99_000, held: true, red: true }), { view: "fire", since: 99_000 })
  })

  test("what is new and red brings it back to all at once; so does a domain that has nothing more to say", () => {
    assert.equal(turned({ view: "fire", since: 0 }, all, { ...calm, red: true, now: 1 }).view, null)
    assert.equal(turned({ view: "cyber", since: 0 }, all, { ...calm, now: 1 }).view, null)
  })

  test("a city in which nothing stands has one view", () => {
    assert.equal(turned({ view: null, since: 0 }, [null], { ...calm, now: 60_000 }).view, null)
  })

  test("a domain has a turn for alerts or for bad data, in the order of the domains", () => {
    const domains = [["air", [0, 0, 0, 0]], ["water", [0, 0, 0, 1]], ["fire", [0, 0, 0, 0]]].map(([name, counts]) => ({ name, counts }))
    assert.deepEqual(views(domains, [["fire", "late", "", 3, 0]]), [null, "water", "fire"])
  })

  const call = (id, fields = {}) => ({ id, occurrence: 1, severity: "red", adcode: "410105", domain: "water", group: id, ...fields })
  const keys = ({ marks }) => [...marks.keys()]

  test("what is red when the wall is opened is not new; what comes later is, for two minutes", () => {
    const begun = marked(new Map(), null, [call("a")], 0)
    assert.deepEqual(keys(begun), [])
    const come = marked(begun.marks, begun.known, [call("a"), call("b"), call("c", { severity: "orange" })], 1000)
    assert.deepEqual(keys(come), ["b/1"])
    assert.deepEqual(keys(marked(come.marks, come.known, [call("a"), call("b")], 121_000)), ["b/1"])
    assert.deepEqual(keys(marked(come.marks, come.known, [call("a"), call("b")], 121_001)), [])
  })

  test("a mark goes when its alert is acknowledged, and comes again with its next occurrence", () => {
    const come = marked(new Map(), new Set(), [call("a")], 0)
    const gone = marked(come.marks, come.known, [], 10)
    assert.deepEqual(keys(gone), [])
    assert.deepEqual(keys(marked(gone.marks, gone.known, [call("a", { occurrence: 2 })], 20)), ["a/2"])
  })
})

describe("what is heard", () => {
  const call = (id, severity, its = id) => ({ id, occurrence: 1, severity, adcode: "", domain: "", group: its })
  const silent = { known: new Set(), groups: new Set(), silenced: new Set() }

  test("a wall that is opened says nothing of an orange alert that stood before, and calls for a red one", () => {
    const begun = { ...silent, known: null }
    assert.deepEqual(heard(begun, [call("a", "orange")], false).sounds, [])
    assert.deepEqual(heard(begun, [call("a", "red")], false).sounds, ["red"])
  })

  test("orange sounds once, red for as long as it stands", () => {
    const orange = heard(silent, [call("a", "orange")], false)
    assert.deepEqual(orange.sounds, ["orange"])
    assert.deepEqual(heard(orange, [call("a", "orange")], false).sounds, [])
    const red = heard(silent, [call("b", "red"), call("c", "orange")], false)
    assert.deepEqual([red.sounds, red.loud], [["red"], true])
    assert.deepEqual(heard(red, [call("b", "red")], false).sounds, ["red"])
  })

  test("what was silenced is quiet, what becomes red later is not, and what is red once more sounds again", () => {
    const hushed = heard({ ...silent, silenced: new Set(["a/1"]) }, [call("a", "red")], false)
    assert.deepEqual([hushed.sounds, hushed.loud], [[], false])
    assert.equal(heard(hushed, [call("a", "red"), call("b", "red")], false).loud, true)
    const over = heard(hushed, [], false)
    assert.equal(over.silenced.size, 0)
    assert.equal(heard(over, [call("a", "red")], false).loud, true)
  })

  test("in a flood only each new row of the list sounds, red ones too", () => {
    const calls = [call("a", "red", "i"), call("b", "red", "i"), call("c", "orange")]
    const flood = heard(silent, calls, true)
    assert.deepEqual([flood.sounds, flood.loud], [["group", "group"], false])
    assert.deepEqual(heard(flood, [...calls, call("d", "red", "i")], true).sounds, [])
  })
})

describe("the map", () => {
  test("a grey begins exactly at its load", () => {
    assert.deepEqual([0, 1, 5, 6, 11, 12, 1000].map(grey), [0, 1, 1, 2, 2, 3, 3])
  })

  test("a district is red where red alerts wait, else as grey as its load; all others are the ground", () => {
    const colours = { red: "#ff0000", 0: "#000000", 1: "#010203", 3: "#0a0b0c" }
    const found = expression({ loads: { 410105: 1, 410102: 20, 410103: 12 }, red: { 410102: 1 } }, (name) => colours[name])
    assert.equal(found, "@@=properties.adcode=='410102'?[255,0,0]:properties.adcode=='410103'?[10,11,12]:properties.adcode=='410105'?[1,2,3]:[0,0,0]")
  })

  test("an adcode is written as a number, whatever it says: nothing of it becomes an expression", () => {
    assert.ok(!expression({ loads: { "'?alert(1):'": 1 }, red: {} }, () => "#000000").includes("alert"))
  })

  const square = (west, south, size) => [[[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]]
  const district = (adcode, ...parts) => ({ properties: { adcode }, geometry: { coordinates: parts } })
  const numbers = (path) => path.match(/-?[\d.]+/g).map(Number)

  test("the whole city fills the small map in one direction and leaves it in none", () => {
    const found = outlines([district("a", square(113, 34, 1)), district("b", square(114, 34, 0.5))])
    const [xs, ys] = [0, 1].map((odd) => found.flatMap(([, path]) => numbers(path).filter((_, n) => n % 2 === odd)))
    assert.ok(Math.min(...xs) === 0 && Math.min(...ys) === 0)
    assert.ok(Math.max(...xs) <= WIDTH && Math.max(...ys) <= HEIGHT)
    assert.ok(Math.max(...xs) === WIDTH || Math.max(...ys) === HEIGHT)
  })

  test("north is up, and a degree of longitude is as much narrower as the cosine of the latitude", () => {
    const [[, path]] = outlines([district("a", square(113, 59.5, 1))])
    const [x1, y1, x2] = numbers(path)
    assert.equal(y1, HEIGHT)
    assert.ok(Math.abs((x2 - x1) / HEIGHT - 0.5) < 0.01)
  })

  test("a district of several parts is one path of several rings", () => {
    const [[adcode, path]] = outlines([district("a", square(113, 34, 1), square(115, 34, 1))])
    assert.equal(adcode, "a")
    assert.equal(path.match(/M/g).length, 2)
    assert.equal(path.match(/Z/g).length, 2)
  })
})

describe("a wall that nobody touches", () => {
  test("is drawn anew before another version of the server, and after a day", () => {
    assert.deepEqual([due("a", "a", 0), due("a", "b", 0), due("a", "a", DAY), due("a", "a", DAY + 1)], [false, true, false, true])
  })
})
