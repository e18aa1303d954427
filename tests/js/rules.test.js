import assert from "node:assert/strict"
import { test } from "node:test"
import { matches, searched } from "../../screen/static/rules/search.js"

const RULE = { id: "air.o3-8h", domain: "environment", rule: { row: "1.2", title: { zh: "臭氧超标", en: "Ozone over the limit" }, guidance: { zh: "核实", en: "Verify" }, clause: "gb3095-4.2", phase: "in-process", severity: "red", department: "env" } }
const EDITIONS = [{ edition: "GB 3095-1996", article: "4", text: { zh: "旧文", en: "Old words" } }, { edition: "GB 3095-2012", article: "4.2", text: { zh: "新文", en: "New words" } }]
const TEXT = searched(RULE, { title: { zh: "标准", en: "Standard" }, standard: "GB 3095", edition: EDITIONS }, { name: { zh: "生态环境局", en: "Ecology bureau" } })
const any = { q: "", domain: "", phase: "", severity: "" }

test("a rule is found by its number, names and texts in both languages, and by every edition of its clause", () => {
  for (const q of ["air.o3", "1.2", "臭氧", "OZONE", "核实", "旧文", "new words", "gb 3095-1996", "生态", "ecology"]) assert.equal(matches(RULE, TEXT, { ...any, q }), true, q)
})

test("every word of a search must stand there, in any order, and blanks are none", () => {
  assert.equal(matches(RULE, TEXT, { ...any, q: "  limit   ozone " }), true)
  assert.equal(matches(RULE, TEXT, { ...any, q: "ozone flood" }), false)
  assert.equal(matches(RULE, TEXT, { ...any, q: "   " }), true)
})

test("a search is no pattern: signs stand for themselves", () => {
  assert.equal(matches(RULE, TEXT, { ...any, q: ".*" }), false)
  assert.equal(matches(RULE, TEXT, { ...any, q: "(" }), false)
})

test("domain, phase and severity narrow it, each by itself", () => {
  assert.equal(matches(RULE, TEXT, { q: "", domain: "environment", phase: "in-process", severity: "red" }), true)
  for (const other of [{ domain: "fire" }, { phase: "post-event" }, { severity: "blue" }]) assert.equal(matches(RULE, TEXT, { ...any, ...other }), false)
})
