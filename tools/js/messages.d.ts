/* What the server sends to the pages, and what the pages make of it: types alone, known in every script as `Sent.…`. Times are milliseconds
   where they are numbers, RFC 3339 where they are text. The Python side: screen/snapshot.py (rows, sections), streams/messages (alerts). */

declare namespace Sent {
  type Severity = "red" | "orange" | "yellow" | "blue"
  type Phase = "in-process" | "post-event"
  /** A text or name in both languages; one wording for both is plain text. */
  type Text = string | { zh: string; en?: string }
  /** Counts by severity, the worst first. */
  type Counts = number[]
  /** Longitude and latitude, degrees (WGS 84). */
  type Point = [number, number]

  interface Person { id: string; name: string; role: string; departments: string[]; districts: string[]; may: string[]; principals: Principal[]; way?: string | null }
  /** For whom a person may act: the accounts of the chain, the nearest first (`a>b`); the name of the last one. */
  interface Principal { behalf: string; name: string; role: string; departments: string[]; until: string }
  /** A text of a person, or the reference to one that is sealed, which says nothing. */
  type Words = string | Sealed
  interface Sealed { kid: string; digest: string; size: number }
  interface Actor { id: string; name?: string; role: string; department?: string }
  interface Note { actor: Actor; reason: Words; at: string; verb: string }
  interface Place { topic: string; partition: number; offset: number }
  /** How a record came: the gateway (empty: none), and the event's source and id. */
  interface Came { offset: number; road: string; source: string; id: string }
  interface Aside { until: string; once: boolean; permit: Words; note: Note }
  interface Case { due: string; overdue: boolean; finding: string | null; note: Note }

  /** An alert as lists show it. `item`: what of the subject; `owner`: the department's id; `gone`: it has ended since. */
  interface Row {
    id: string
    rev: number
    occurrence: number
    severity: Severity
    state: string
    phase: Phase
    domain: string
    title: Text
    item: string
    name: Text
    adcode: string
    value: number | null
    limit: number | null
    unit: string
    clause: [edition: string, article: string, mark: string]
    department: Text
    owner: string
    raised: number
    due: number | null
    provisional: boolean
    verbs: string[]
    aside?: Aside | null
    case?: Case | null
    level?: number
    gone?: boolean
  }

  interface Evidence { at: string; value: number | null; place: Place; sha256: string }

  /** An alert as it stands in the log: a story has all of it. */
  interface Alert {
    id: string
    rev: number
    occurrence: number
    log: string
    domain: string
    rule: string
    rule_version: string
    row: string
    title: Text
    clause: { id: string; edition: string; article: string; mark: string; text: { zh: string; en: string } }
    phase: Phase
    severity: Severity
    state: string
    active: boolean
    subject: string
    name: Text
    item: string
    value: number | null
    limit: number | null
    unit: string
    lon: number | null
    lat: number | null
    adcode: string
    department: { id: string; name: Text; basis: string }
    guidance: Text
    opened_at: string
    raised_at: string
    changed_at: string
    cleared_at: string | null
    due: string | null
    evidence: Evidence[]
    verbs: string[]
    note: Note | null
    place: Place
    audit: number
    head: string
    provisional: boolean
    aside: Aside | null
    case: Case | null
    level: number
    reminded: number
    judged_by: string
    upstream: string
  }

  /** An entry of an alert's trail. */
  interface Entry {
    n: number
    at: string
    event: string
    verb: string
    before: string
    after: string
    occurrence: number
    actor: Actor | null
    reason: Text
    sealed: Sealed | null
    place: Place
    hash: string
  }

  /** A step of the desk: when it was last done (null: not yet), by whom, what it came to; `due`: it is next. */
  interface Step { name: string; at: number | null; by: Actor | null; told: string; due: boolean }
  /** The six, and the event that must be reported first where the alert may be one. */
  interface Steps { steps: Step[]; first: { title: Text; basis: string; mark: string } | null }
  interface Story { alert: Alert; ended: boolean; trail: Entry[]; steps?: Steps; masked?: boolean }

  /** A public body. */
  interface Body { id: string; name: Text; kind: string }
  interface Load { open: number; unsigned: number }
  /** A receiver that may be written to, and one that may not, with the sentence that forbids it. */
  interface Candidate { unit: string; name: Text; part: string; basis: string; load: Load; as_paper: string; sentence: Text; why: Text; limit: string }
  interface Barred { unit: string; name: Text; about: Text; sentence: Text; basis: string; instead: Text; via: string; changed: boolean }
  interface Receivers { sender: string; sender_name: Text; candidates: Candidate[]; barred: Barred[]; supervising: string; supervising_name: Text; basis: string; why: Text[]; upward: boolean }
  /** A clock as it would stand. */
  interface Due { clock: string; part: string; limit: Text; due: number | null; warn: number | null; provisional: boolean; source: Text; mark: string; place: string; urgent: boolean }
  interface Check { name: string; state: "ok" | "ask" | "stop"; counts: Record<string, number | string> }
  interface Like { id: string; number: string; kind: string; title: Text; state: string; opened: number; ended: number | null; outcome: string; why: string }
  interface Likes { count: number; rows: Like[]; same: string[] }
  interface Inspections { year: number; count: number; organs: number; months: number[]; rows: { at: number; organ: string; what: string; number: string }[] }
  /** An inspection of the enterprise by the official platform; the cap of a line of organs; its class of credit risk. */
  interface Inspected { subject: string; organ: string; adcode: string; month: string; task: string; items: string; joint: boolean; day: string; sort: string; cause: string; result: string }
  interface Cap { line: string; made: number; most: number | null; source: string }
  interface Visits { code: string; caps: Cap[]; rows: Inspected[]; merge: Inspected[]; beyond: number }
  interface Credit { grade: string; system: string; day: string; edition: string; by: string }
  /** 本平台预判 of an enterprise: every part with the alerts or orders that count in it. */
  interface PriorityPart { name: string; title: Text; each: number; points: number; cases: string[] }
  interface Priority { points: number; parts: PriorityPart[]; years: number }
  /** All that is seen before an order is sent. */
  interface Sheet {
    order: string
    kind: { id: string; title: Text }
    paper: string
    title: Text
    text: { name: string; words: string }[]
    changed: boolean
    urgent: boolean
    verdict: string
    verified: { finding: string; note: Note } | null
    receivers: Receivers
    units: Body[]
    clocks: Due[]
    now: number
    wording: { suspected: number; asserted: string[]; personal: string[]; secret: boolean }
    secret: Text | null
    checks: Check[]
    likes: Likes
    inspections: Inspections
    visits: Visits
    causes: Record<string, { title: Text; source: string }>
    credit: Credit | null
    priority: Priority | null
    evidence: { count: number; rows: Evidence[] }
    fields: { traits?: Record<string, string>; [name: string]: unknown }
    sends: string
    steps: Steps
  }
  /** What rings of orders, and the dispatcher's queue. */
  interface Ring { key: string; at: number; order: string; number: string; title: Text; clock: string; late: boolean; urgent: boolean }
  interface Waiting { id: string; number: string; title: Text; opened: number }
  interface Returned extends Waiting { line: string; unit: Text; clause: string; proposed_name: Text | null; due: number | null; decision: string; asked: number }
  interface Queue { returns: { count: number; rows: Returned[] }; filed: { count: number; rows: Waiting[] }; loads: { unit: string; name: Text; load: Load }[] }
  interface Matter { order: { id: string }; receivers: Receivers; likes: Likes; duplicates: Like[] }

  /** A clock of an order or a line; times RFC 3339. */
  interface Clock {
    name: string
    limit: string
    start: string
    due: string
    first_due: string
    warn: string
    provisional: boolean
    pauses: { kind: string; basis: string; begin: string; end: string | null }[]
    met: string | null
    dropped: boolean
    warned: boolean
    late: boolean
    source: Text
    mark: string
  }
  /** An order as its list shows it, or a line as its unit's own list does (`line`, `part`). */
  interface OrderRow {
    id: string
    line: string
    part?: string
    audit: number
    number: string
    title: Text
    kind: string
    state: string
    urgent: boolean
    traits: Record<string, string>
    unit: Text | null
    others: number
    adcode: string
    alert: { severity: Severity; state: string; phase: Phase } | null
    clock: Clock | null
    over: string
    new: boolean
    undelivered: [n: string, unit: string][]
    signs: [n: string, unit: string, audit: number][]
  }
  interface Stamp { at: string; actor: Actor | null; behalf: string; words: Words; who: Words; when: string }
  interface Application { kind: string; asked: Stamp; clause: string; unit: string; limit: string; due: string | null; decision: string; decided: Stamp | null }
  interface OrderLine {
    n: string
    under: string
    part: string
    unit: string
    state: string
    delivered: Stamp | null
    read: Stamp | null
    signed: Stamp | null
    called: Stamp | null
    draft: Stamp | null
    reply: Stamp | null
    demand: Words
    returns: Application | null
    extension: Application | null
    objection: Application | null
    clocks: Clock[]
    audit: number
  }
  interface OrderPaper { kind: string; number: string; organ: string; signed_by: string; at: string; digest: string | null }
  interface OrderInstrument { kind: string; number: string; organ: string; officers: string[]; served: string; served_at: string; limit_at: string; remedy: boolean; recheck_at: string; end?: string; ended_at?: string; digest: string | null }
  interface OrderFile { digest: string; size: number; type: string; made_at: string; of: string }
  interface OrderWhole {
    id: string
    kind: string
    number: string
    round: number
    state: string
    title: Text
    text: { name: string; words: Words }[]
    urgent: boolean
    issuer: string
    actor: Actor | null
    adcode: string
    alerts: { link: { alert: string; domain: string; subject: string }; active: boolean; quiet: string | null; ready: string | null }[]
    matter: string
    verdict: string
    main: string
    clocks: Clock[]
    papers: OrderPaper[]
    instruments: OrderInstrument[]
    files: OrderFile[]
    outcome: string
    proposed: string | null
    voided: boolean
    purged: boolean
    opened_at: string
    changed_at: string
    closed_at: string | null
    audit: number
    head: string
  }
  interface OrderKind {
    id: string
    title: Text
    close: Text
    states: Record<string, Text>
    clocks: Record<string, Text>
    ends: Record<string, { title: Text; basis: string; lawful: boolean }>
    outcomes: Record<string, string[]>
    pauses: Record<string, { title: Text; basis: string }>
    extension: { clock: string; times: number; most: string; source: Text }[]
  }
  interface OrderEntry {
    n: number
    at: string
    event: string
    verb: string
    line: string
    before: string
    after: string
    actor: Actor | null
    behalf: string
    reason: Text
    told: Record<string, string>
    place: Place
    hash: string
  }
  /** An act on an order, or on its line; `why` it may not be done now. */
  interface Offer { verb: string; line?: string; why?: string; roles?: string[]; scopes?: string[]; states?: string[] }
  interface OrderStory {
    order: OrderWhole
    lines: OrderLine[]
    line: string
    mine: string[]
    units: Record<string, Text>
    kind: OrderKind | null
    offers: Offer[]
    alerts: Record<string, Alert | null>
    parent: { id: string; number: string; title: Text } | null
    trail: OrderEntry[]
    behalf: string
    now: number | null
  }

  interface Duty { id: string; name: Text; rule: Text | null }
  interface Incident {
    id: string
    rev: number
    title: Text
    severity: Severity
    state: string
    adcode: string
    open: number
    count: number
    rules: Text[]
    flood: string | null
    lead: Duty
    helpers: Duty[]
    opened: number
  }
  interface Regrouped { verb: string; actor: Actor | null; reason: Words; at: string; refused: string }
  /** An alert's incident, its alerts that have not ended, and the incidents with which it may be merged. */
  interface Bundle { incident: Incident & { notes: Regrouped[] }; rows: Row[]; others: Incident[] }

  /** A row of the wall's list: an alert alone, or the first one of an incident, `waiting` unacknowledged ones in it. */
  interface Listed extends Row { incident?: Incident; waiting?: number; severities?: Counts; reds?: Row[] }
  interface Group { count: number; entries: number; severities: Counts; rows: Listed[] }

  interface Figures {
    unacknowledged: number
    oldest: number | null
    red: number
    red_unacknowledged: number
    recent: number
    stale: number
    headline: Headline[]
    bad: number
    unverified: number
    waited: number | null
    signed: number
  }
  /** A figure of a domain's own: `online` of `all` subjects that give its value were heard of lately. */
  interface Headline { domain: string; title: Text; note: Text; unit: string; fold: string; value: number | null; severity: Severity | null; subject: Text | null; online: number; all: number }
  interface Trend { end: number; up: number[]; down: number[]; red: number[] }
  interface Domain {
    name: string
    title: Text
    counts: Counts
    loads: Record<string, number>
    red: Record<string, number>
    sites: number
    worst: { name: Text; adcode: string; counts: Counts }[]
  }
  interface Flood { department: Text; began: number; count: number; peak: number; until: number }
  interface Call { id: string; occurrence: number; severity: Severity; adcode: string; domain: string; group: string }
  interface Stage { name: string; count: number; waiting: number; late: number }
  interface Station { name: Text; adcode: string; at: number; value: number | null; level: number | string | null }
  /** How a domain describes the value beside its places. */
  interface Places { title: Text; by: Text; unit: Text; none: Text; field: string; level: string; over: number; full: number }
  interface Standing { counts: Record<string, number>; post_event: number; elsewhere: number; aside: number; cases: number; handovers: number }
  type District = { adcode: string; counts: Counts; red_unacknowledged: number; load: number }

  /** Something on the map: `at` degrees, `offset` pixels; `cell` its picture's corner in marks.svg. */
  interface Dot { at: Point; domain: string }
  interface Index extends Dot { index: string; offset: Point }
  interface Mark extends Dot { id: string; cell: Point; size: number; offset: Point }
  interface Label { at: Point; zh: string; en: string; offset?: Point }
  /** What the map shows larger in an inset (degrees), and where that stands on it (pixels). */
  interface Core { west: number; south: number; east: number; north: number; left: number; top: number; width: number; height: number }
  interface Deck { useDevicePixels?: number; initialViewState: { longitude: number; latitude: number; zoom: number }; layers: Record<string, unknown>[] }

  type SignState = "ok" | "na" | Severity
  /** A figure of an area: `numerator` of `denominator`, `valid` of `due` inputs; the last 24 full hours and their baseline where it is whole. */
  interface SignFigure {
    state: SignState
    at: number
    since: number
    value: number | null
    numerator: number
    denominator: number
    valid: number
    due: number | null
    coverage: number | null
    newest: number | null
    late: number
    corrected: number
    version: string
    trend?: (number | null)[]
    band?: ([low: number, high: number] | null)[]
  }
  interface SignAlert { id: string; severity: Severity; state: string; raised: number; department: Text }
  interface SignStanding { figure: SignFigure | null; alert: SignAlert | null }
  interface SignRow extends SignStanding { id: string }
  interface SignPart { code: string; name: Text; figures: SignStanding[] }
  interface SignLimit { severity: Severity; value: number; basis: Text }
  /** What stands beside the figures of a sign: as the book in force has it. */
  interface SignAbout {
    name: Text
    short: Text | null
    what: Text
    unit: string
    window: string
    better: "higher" | "lower"
    floor: number | null
    floor_basis: Text | null
    provenance: string
    source: Text
    mark: string
    department: Text
    guidance: Text
    reads: string[]
    limits: SignLimit[]
  }
  /** A sign as its page has it: what stands beside its figures, and what it is made of. */
  interface SignSpec extends Omit<SignAbout, "short"> {
    formula: string
    undue: Text | null
    version: string
    owner: string
    delay: string
    deadband: number | null
    opens: string[]
    same_as: string
    rules: string[]
    cases: { name: Text; at: string; state: SignState; numbers: Record<string, number> }[]
  }
  /** The book of signs by id, and those that are not there. */
  interface SignsBook {
    signs: Record<string, SignSpec>
    missing: Record<string, { name: Text; what: Text; needs: Text }>
  }
  interface SignArea extends SignStanding { code: string; name: Text }
  /** The signs of a wall in their places, of an area and of its parts; `refused`: why it is not the person's. */
  interface Signs {
    area: { code: string; name: Text; whole: boolean }
    department: Text | null
    first: "signs" | "alarms"
    count: number
    rows: SignRow[]
    parts: SignPart[]
    refused?: string
  }

  interface Time { now: number | null; ticked: number | null; beats: number[]; lag: number; unjudged: number; rate: number }
  interface Health { broker: boolean; trouble: string; loaded: boolean; left_out: number; signed: boolean }

  /** The sections of the live feed: each is sent where it is new; a page has those that it asks for. */
  interface Sections {
    time: Time
    health: Health
    figures: Figures
    ranking: [District, [zh: string, en: string]][]
    standing: Standing
    list: Record<Phase, Group>
    calling: Call[]
    domains: Domain[]
    aside: { count: number; rows: (Row & { aside: Aside })[] }
    cases: { count: number; rows: (Row & { case: Case })[] }
    floods: Flood[]
    unsealed?: string[]
    trend: Trend
    quality: [domain: string, reason: string, owner: Text, count: number, at: number][]
    jobs: Job[]
    map: Deck
    core: Core
    edges: string[]
    names: Label[]
    dots: Dot[]
    indices: Index[]
    marks: Mark[]
    life: Stage[]
    flow: Stage[]
    ringing: Ring[]
    stations: Record<string, { about: Places; count: number; rows: Station[] }>
    signs: Signs
    sign_book: Record<string, SignAbout>
  }
  /** What else a message of the feed tells of the server and of who looks. */
  interface About { mark?: string | null; person?: Person; pages?: string[]; version?: string; log?: string }

  interface Job {
    id: string
    kind: string
    state: string
    progress: number
    reason: Text
    files: { name: string; bytes: number }[]
    params: Params
    mine: boolean
    by: Actor | null
    asked_at: string | null
  }
  /** What a job is asked: a time (RFC 3339) or an alert; of a what-if the parameters by rule; of files what they are narrowed to; of a report what it is of. */
  interface Params {
    from?: string
    to?: string
    alert?: string
    rules?: Record<string, Record<string, unknown>>
    sign?: string
    thresholds?: Record<string, number | null>
    areas?: string[]
    delay?: string | null
    deadband?: number | null
    domains?: string[]
    severities?: string[]
    districts?: string[]
    form?: "tables" | "cap"
    day?: string
    month?: string
    unit?: string
    order?: string
    lang?: string
    measure?: string
    behind?: string
    reason?: string
    group?: string | null
    since?: string
    until?: string
    scope?: Record<string, string[] | null>
    purpose?: string
    duties?: Record<string, unknown>
  }

  /** A district of districts.geojson. */
  interface Land {
    properties: { adcode: string; zh: string; en: string; labels: Point[] }
    geometry: { type: "Polygon"; coordinates: Point[][] } | { type: "MultiPolygon"; coordinates: Point[][][] }
  }

  /** An alert, an incident, a subject with the values that its domain shows, and an entry as a replay's files have them; times in ms. */
  interface Past extends Row {
    rule: string
    subject: string
    lon: number | null
    lat: number | null
    active: boolean
    opened: number
    case_due: number | null
    aside_until: number | null
    level: number
    ended?: boolean
  }
  interface PastIncident extends Incident { members: string[]; ended?: boolean }
  interface PastSubject { subject: string; domain: string; kind: string; at: number; values: Record<string, unknown>; ended?: boolean }
  interface Act { alert: string; n: number; at: number; event: string; verb: string; before: string; after: string; severity: Severity; actor: Actor | null; reason: Text }
  /** A clock of an order, its receivers' lines, orders and entries of their trails as a replay's files have them; reports (举报) are not among them. */
  interface PastClock extends Omit<Clock, "warn" | "pauses" | "source"> { pauses: { kind: string; begin: string; end: string | null }[] }
  interface PastLine {
    id: string
    rev: number
    entry: number
    order: string
    n: string
    part: string
    unit: string
    unit_name: Text
    state: string
    ended: boolean
    signed: number | null
    urged: number
    clocks: PastClock[]
  }
  interface PastOrder {
    id: string
    rev: number
    entry: number
    number: string
    kind_title: Text
    state: string
    state_title: Text
    round: number
    title: Text
    urgent: boolean
    issuer_name: Text
    main: string
    matter: string
    alerts: string[]
    ended: boolean
    proposed: number | null
    clocks: PastClock[]
    opened: number
  }
  interface PastEntry { order: string; n: number; at: number; event: string; verb: string; line: string; before: string; after: string; actor: Actor | null; told: Record<string, string>; reason: Text }
  type Change =
    | [at: number, kind: "order", value: PastOrder] | [at: number, kind: "line", value: PastLine] | [at: number, kind: "entry", value: PastEntry] | [at: number, kind: "flow", value: Stage[]]
    | [at: number, kind: "alert", value: Past] | [at: number, kind: "incident", value: PastIncident] | [at: number, kind: "subject", value: PastSubject] | [at: number, kind: "audit", value: Act]
  interface Chunk {
    from: number
    state: { alerts: Record<string, Past>; incidents: Record<string, PastIncident>; subjects?: Record<string, PastSubject>; orders?: Record<string, PastOrder>; lines?: Record<string, PastLine>; order_audit?: PastEntry[]; flow?: Stage[]; audit: Act[]; now: number | null }
    changes: Change[]
    ticks: number[]
  }
  type Raise = [at: number, severity: Severity, phase: Phase, adcode: string, alert: string]
  /** How a figure of a domain's own is made of the values of its subjects. */
  interface OwnFigure {
    domain: string
    title: Text
    note: Text
    field: string
    fold: "max" | "sum" | "online"
    kind: string
    unit: string
    within_minutes: number
    above: Partial<Record<Severity, number>>
    below: Partial<Record<Severity, number>>
  }
  /** `places`, `headline`: how the domains show their values; like `subjects` of a chunk, none in a replay of an earlier version. */
  interface Index_ {
    log: string
    from: number
    to: number
    until: number
    alert?: string
    chunks: { from: number; file: string }[]
    raised: Raise[]
    raised_more: number
    places?: Record<string, Places>
    headline?: OwnFigure[]
  }

  /** A rule of the book. */
  interface Rule {
    id: string
    domain: string
    version: string
    reads: string[]
    unit: Record<string, string>
    rule: {
      row: string
      title: { zh: string; en: string }
      guidance: { zh: string; en: string }
      clause: string
      phase: Phase
      severity: Severity
      department: string
      judge: string
      with: Record<string, unknown>
      subjects: string[]
      latch: boolean
      re_alarm: string
      first_out: string
      escalate: Record<string, string>
      conclude_within: string
      suppress: { kind: string; why: Text }[]
      case: Case_[]
    }
  }
  interface Case_ {
    name: string
    zh: string
    given: [at: string, fact: "tick" | Record<string, unknown>, kind: string | null][]
    register: Record<string, unknown>
    alerts: { at: string; state: string; severity: Severity; item: string; value: number | null; limit: number | null; due: string | null }[]
  }
  interface Edition { edition: string; article: string; text: { zh: string; en: string }; mark: string; source: string; from: string; to?: string; limits?: Record<string, number> }
  interface Clause { title: { zh: string; en: string }; standard: string; edition: Edition[] }
  interface Book {
    hash: string
    adopted: string | null
    domains: Record<string, { title: Text; kinds: Record<string, Text> }>
    clauses: Record<string, Clause>
    departments: Record<string, { name: { zh: string; en: string }; basis: string }>
    rules: Rule[]
  }

  /** A text that always has both languages. */
  interface Both {
    zh: string
    en: string
  }
  interface Rank {
    level: "general" | "important" | "core"
    sublevel: number
    status: "proposed" | "declared" | "confirmed"
  }
  interface Bound {
    law: Both
    days: number
  }
  interface DirectoryField {
    path: string
    name: Both
    format: Both
    unit: string
    required: boolean
    depth: number
    category: { industry: Both; business: Both }
    rank: Rank
    personal: "none" | "personal" | "sensitive"
    minors: boolean
    basis: Both
    purpose: Both
    sealable: boolean
    ceiling: Bound | null
  }
  interface DirectoryType {
    type: string
    group: string
    title: Both
    provider: { id: string; name: Both }
    source: { id: string; name: Both }
    system: Both
    origin: string
    approval: string
    format: Both
    frequency: string
    every: { span: string; source: Both; ours: boolean } | null
    lateness: string
    sharing: string
    ways: string[]
    condition: Both
    category: { industry: Both; business: Both }
    rank: Rank
    whole: Rank
    personal: "none" | "personal" | "sensitive"
    basis: Both
    secret: boolean
    kept: "topic" | "archive"
    topic_days: number | null
    lineage: {
      into: { type: string; title: Both; by: Both | null }[]
      measures: { title: Both; names: string[]; fields: string[]; puts: string; puts_title: Both | null }[]
    }
    floor: Bound | null
    uses: { unit: string; scene: Both; since: string }[]
    assessment: { day: string; document: string } | null
    items: number
    fields: DirectoryField[]
  }
  /** `/screen/catalogue`. */
  interface Directory {
    version: string
    groups: { name: string; title: Both }[]
    types: DirectoryType[]
  }
  interface SourceHealth {
    source: string
    type: string
    provider: string
    origin: string
    road: string
    count: number
    expected: number | null
    last: number
    late: number
    allowance: number | null
    bad: number
    window: number
    fault: "" | "silent" | "few" | "late" | "bad"
  }
  interface DirectoryReader {
    id: string
    row: string
    title: Both
    severity: Severity
    phase: Phase
    items: string[]
  }
  interface DirectoryStep {
    step: "drafted" | "consented" | "agreed" | "reviewed" | "published" | "returned"
    at: string
    unit: Both
  }
  interface DirectoryVersion {
    version: string
    state: DirectoryStep["step"]
    in_force: boolean
    steps: DirectoryStep[]
    clocks: LawClock[]
  }
  interface LawClock {
    name: Both
    limit: string
    source: Both
    due: string
    met: string
    late: boolean
    left: number
  }
  interface SharingRequest {
    id: string
    type: string
    title: Both
    fields: string[]
    unit: Both
    by: { id: string; name: string; role: string }
    provider: Both
    purpose: string
    basis: string
    use: string
    way: string
    since: string
    until: string
    sharing: "unconditional" | "conditional" | "none"
    condition: Both
    state: "asked" | "accepted" | "refused" | "provided" | "withdrawn" | "revoked" | "ended"
    granted: boolean
    side: "ours" | "theirs" | ""
    offers: string[]
    steps: { title: Both; at: string; unit: Both; by: { id: string; name: string; role: string }; reason: string }[]
    clocks: LawClock[]
  }
  interface Sharing {
    requests: SharingRequest[]
    department: string
    may_ask: boolean
  }
  interface EntryField {
    name: string
    title: Both
    widget: "text" | "number" | "integer" | "boolean" | "choice" | "day"
    unit: string
    required: boolean
    low: number | null
    high: number | null
    longest: number | null
    values: { value: string | number; title: Both | string }[]
    personal: "none" | "personal" | "sensitive"
    sealable: boolean
  }
  interface EntryForm {
    type: string
    group: string
    title: Both
    fields: EntryField[]
  }
  interface EntryTold {
    id: string
    type: string
    title: Both
    subject: string
    time: string
    data: Record<string, any>
    note: string | null
    looks: string[]
    correction: boolean
    by: { id: string; name: string; role: string }
    at: string
    state: "waiting" | "confirming" | "confirmed" | "returned" | "withdrawn"
    offers: string[]
    decided: { by: { id: string; name: string; role: string }; at: string; reason: string | null } | null
    place: { topic: string; partition: number; offset: number } | null
  }
  /** `/screen/entries`. */
  interface EntriesTold {
    department: string
    name: Both
    forms: EntryForm[]
    subjects: Record<string, string[]>
    entries: EntryTold[]
  }
  /** `/screen/catalogue/now`. */
  interface DirectoryNow {
    now: number
    sources: SourceHealth[]
    owners: Record<string, Both>
    trouble: string
    readers: Record<string, DirectoryReader[]>
    book: boolean
    open: Record<string, number>
    corrections: Record<string, { id: string; number: string; due: string | null; late: boolean }[]>
    versions: DirectoryVersion[]
    sharing: Sharing
    undeclared: number
  }
  /** What figures rest on: the log's newest time and its day, the first month that is kept, what was not read yet. */
  interface LedgerState { log: string; book: string; at: string; day: string; since: string; behind: number }
  interface OpenAge { count: number; median: number; oldest: number }
  interface Figure {
    count: number
    of: number
    excluded: Record<string, number>
    share: number | null
    low: number | null
    high: number | null
    hours: number | null
    open: OpenAge | null
  }
  interface MeasureTold {
    id: string
    name: Both
    what: Both
    month: Both
    counts: string
    unit: "%" | "h"
    direction: "higher" | "lower"
    target: number | null
    reading: "assessment" | "analysis"
    provenance: "国家标准" | "上级文件" | "本市办法" | "本系统自定"
    source: Both
    mark: string
    reasons: Record<string, Both>
  }
  interface MeasureLine { measure: string; figure: Figure; before: Figure; year_before: Figure; months: { month: string; figure: Figure }[] }
  interface KeyedFigure { key: string; name: Both | null; figure: Figure; before: Figure; year_before: Figure }
  interface OversightUnit { id: string; name: Both; kind: string; level: string; district: string }
  /** `/screen/oversight/book`. */
  interface OversightBook {
    state: LedgerState
    measures: MeasureTold[]
    units: OversightUnit[]
    districts: Record<string, Both>
    domains: Record<string, Both>
    kinds: Record<string, { title: Both; states: Record<string, Both>; clocks: string[] }>
    whole: boolean
    own: string[]
    /** The unit to whose figures the person may object; empty: none. */
    object_for: string
    may_export: boolean
    may_study: boolean
  }
  type WorkGroup = "new" | "open" | "soon" | "late" | "unsigned" | "returned" | "supervision" | "recent"
  interface CaseTold {
    order: string
    line?: string
    case?: string
    number: string
    kind: string
    unit: string
    unit_name: Both
    unit_kind: string
    title: Both | null
    district: string
    domain: string
    matter: string
    urgent: boolean
    begun: string
    due: string | null
    done: string | null
    counted: string | null
    state: string
    reworked: number
    returns: number
    parent: string
  }
  interface MatterCount { kind: string; matter: string; count: number; mean: number | null; windows: number }
  /** `/screen/oversight/lead`; `lists`: whether the person sees any of the lists of orders. */
  interface LeadPage {
    state: LedgerState
    defaults: { days: number; windows: number; least: number; times: number; returns: number; shown: number; mark: string }
    counts: Record<WorkGroup, number>
    days: { day: string; new: number; open: number }[]
    oldest: CaseTold[]
    frequent: MatterCount[]
    rising: MatterCount[]
    returned: CaseTold[]
    supervision: CaseTold[]
    rates: MeasureLine[]
    unmeasured: string[]
    lists: boolean
  }
  /** `/screen/oversight/figures`; `opens`: whether the cases behind them may be seen. */
  interface OversightFigures { state: LedgerState; since: string; until: string; lines: MeasureLine[]; opens: boolean }
  /** `/screen/oversight/rows`. */
  interface OversightRows { state: LedgerState; rows: KeyedFigure[] }
  /** `/screen/oversight/cases`. */
  interface OversightCases { state: LedgerState; total: number; cases: CaseTold[] }
  interface HowCounted { unit: string; unit_name: Both; month: string; behind: "numerator" | "rest" | "left-out"; reason: string }
  interface Correction { at: string; measure: string; order: string; line: string; number: string; before: HowCounted | null; after: HowCounted | null; why: string }
  /** `/screen/oversight/corrections`. */
  type Ends = [low: number, high: number]
  interface FunnelLimits { of: number; warning: Ends; alarm: Ends }
  interface UnitBeside {
    unit: string
    name: Both
    kind: string
    count: number
    of: number
    share: number | null
    low: number | null
    high: number | null
    band: string
    limits: FunnelLimits | null
    wide: FunnelLimits | null
    expected: { observed: number; expected: number; of: number; alone: number; ratio: number | null; warning: Ends | null; alarm: Ends | null }
    merged: string[]
    objections: string[]
    ranks: Ends | null
  }
  interface KindBeside { kind: string; title: Both; centre: number | null; around: "target" | "common"; phi: number | null; over: boolean; units: number; curve: FunnelLimits[] }
  /** `/screen/oversight/compare`. */
  interface Comparison { state: LedgerState; bands: Record<string, Both>; kinds: KindBeside[]; rows: UnitBeside[]; basis: Both | null }
  interface ObjectionTold {
    objection: string
    measure: string
    unit: string
    unit_name: Both
    since: string
    until: string
    cases: { case: string; order: string; number: string; changed: boolean }[]
    reason: string
    at: string
    state: string
    title: Both
    answer: string
    answered_at: string
    figure: Figure | null
    without: Figure | null
    may: string[]
  }
  /** `/screen/oversight/objections`. */
  interface OversightObjections { state: LedgerState; total: number; office: Both | null; objections: ObjectionTold[] }
  interface IndexSummary { index: string; name: Both; what: Both; period: string; by: string[]; in_file: boolean; measured: boolean; versions: { version: string; state: string; since: string; at: string }[] }
  /** `/screen/oversight/indexes`. */
  interface OversightIndexes { state: LedgerState; office: Both | null; indexes: IndexSummary[] }
  interface IndicatorTold { id: string; name: Both; measure: string; index: string; rule: string; weight: number; missing: string; least: number; target: number | null; poor: number | null; good: number | null; cap: number | null }
  interface PartTold { id: string; measure: string; rule: string; weight: number; counted: number; value: number | null; count: number; of: number; low: number | null; high: number | null; score: number | null; points: number; vetoes: boolean; missing: string; parts: PartTold[] }
  interface ScoreTold { key: string; name: Both | null; score: number | null; why: Both | null; band: Both | null; parts: PartTold[]; merged: string[]; objections: number; other: number | null; other_band: Both | null }
  /** `/screen/oversight/index`. */
  interface IndexTold {
    state: LedgerState
    index: string
    name: Both
    period: string
    since: string
    until: string
    by: "unit" | "district"
    over: boolean
    version: string
    adopted: boolean
    changed: string[]
    present: number
    provenance: string
    source: Both
    mark: string
    indicators: IndicatorTold[]
    bands: Both[]
    weights: Record<string, number>
    scores: ScoreTold[]
  }
  interface ReckonedMeasure { id: string; name: Both; what: Both; unit: string; direction: "higher" | "lower"; target: number | null; limit: number | null; provenance: MeasureTold["provenance"]; source: Both; mark: MeasureTold["mark"]; alarm: string; needs: Both | null }
  /** `/screen/oversight/beside`. */
  interface OversightBeside { state: LedgerState; measures: ReckonedMeasure[]; unmeasured: { name: Both; needs: Both }[] }
  interface ReckonedFigure { key: string; name: Both | null; value: number | null; count: number | null; of: number | null; low: number | null; high: number | null; beside: Record<string, number> }
  /** `/screen/oversight/reckoned`. */
  interface OversightReckoned { state: LedgerState; total: number; rows: ReckonedFigure[] }
  type Fate = "in-time" | "late" | "open" | "out"
  interface DutyCompared { order: string; number: string; kind: string; line: string; clock: string; unit: string; other_unit: string; due: number; other_due: number; met: number | null; other_met: number | null; before: Fate; after: Fate }
  interface UnitDuties { unit: string; clock: string; due: number; late: number; share: [number, number, number] | null; other_due: number; other_late: number; other_share: [number, number, number] | null; saved: number; lost: number; gone: number; come: number }
  /** `result.json` of a job of the kind `duties`. */
  interface DutiesFound { log: string; from: number; to: number; until: number; compared: number; changed: number; units: UnitDuties[]; beyond: Record<string, number>; rows: DutyCompared[]; more: number }
  interface OversightCorrections { state: LedgerState; total: number; kept: number; corrections: Correction[] }
}
