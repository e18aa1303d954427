import assert from "node:assert/strict"
import { test } from "node:test"
import { MARKS, has, kept, matches, searched } from "../../screen/static/catalogue/search.js"

const both = (zh, en) => ({ zh, en })
const RANK = { level: "general", sublevel: 2, status: "proposed" }
const TYPE = {
  type: "environment.air_hour",
  title: both("空气质量小时值", "Air quality, hourly"),
  provider: { id: "zz-ee", name: both("郑州市生态环境局", "Ecology bureau") },
  system: both("自动监测系统", "Monitoring"),
  basis: both("监测条例", "Regulations"),
  condition: both("可直接使用", "Free to use"),
  category: { industry: both("生态环境", "Environment"), business: both("环境质量监测", "Quality") },
  personal: "personal",
  sharing: "unconditional",
  rank: RANK,
  whole: { ...RANK, level: "important" },
  fields: [{ path: "so2", name: both("二氧化硫", "Sulphur dioxide"), unit: "µg/m³" }],
}
const TEXT = searched(TYPE)
const none = new Set()

test("a type is found by words of both languages, of its fields, grounds and conditions too", () => {
  for (const q of ["空气", "AIR QUALITY", "二氧化硫", "sulphur", "so2", "条例", "free to", "生态环境局", "environment.air"]) assert.equal(matches(TYPE, TEXT, { q, mark: "" }, none), true, q)
  assert.equal(matches(TYPE, TEXT, { q: "hourly  sulphur", mark: "" }, none), true)
  assert.equal(matches(TYPE, TEXT, { q: "hourly lift", mark: "" }, none), false)
  assert.equal(matches(TYPE, TEXT, { q: ".*", mark: "" }, none), false)
})

test("chips stand for marks of law, and trouble for what the sources say", () => {
  const shown = (type, troubled = none) => MARKS.filter((mark) => has(type, mark, troubled))
  assert.deepEqual(shown(TYPE), ["personal", "important"])
  assert.deepEqual(shown({ ...TYPE, personal: "sensitive", whole: RANK, sharing: "none" }), ["personal", "sensitive", "none"])
  assert.deepEqual(shown({ ...TYPE, personal: "none", whole: RANK, sharing: "conditional" }, new Set([TYPE.type])), ["conditional", "trouble"])
  assert.equal(has(TYPE, "", none), true)
})

test("the axis of keeping is logarithmic from a day to thirty years", () => {
  assert.equal(kept(0), 0)
  assert.equal(kept(1), 0)
  assert.equal(kept(30 * 365), 1)
  assert.equal(kept(1e6), 1)
  assert.ok(kept(30) < kept(184) && kept(184) < kept(1827))
})
