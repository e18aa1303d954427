package few;

import static few.FewRules.*;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import few.Subject.*;
import java.util.*;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** The six rules of a subject. */
class Judge extends KeyedProcessFunction<String, Fact, Out> {
    static final long OUTAGE = 2 * HOUR, WITHIN = 5 * MINUTE, SILENCE = 15 * MINUTE;
    static final double PAGE = 15;
    static final List<String> TIERS = Arrays.asList("province", "city");
    static final int FAILURES = 5;
    static final int[] SAMPLES = {24, 6, 24, 6, 6, 6};
    static final double[] FLOOR = {2, 2, 0.1, 2, 1, 1};
    static final Map<String, Long> ACCEPTED = Map.of("message", 3 * MINUTE, "mailbox", 24 * HOUR, "call", HOUR);
    static final Set<String> DONE = Set.of("accepted", "refused", "answered", "dispatched", "withdrawn", "merged");
    final Config config;
    final Integer logs;
    transient ValueState<Subject> state;
    Judge(Config config) { this.config = config; logs = config.kinds.get("cyber.log_batch").number(); }

    public void open(OpenContext context) {
        state = getRuntimeContext().getState(new ValueStateDescriptor<>("subject", Subject.class));
    }

    public void processElement(Fact fact, Context context, Collector<Out> out) throws Exception {
        if (fact.reason != null) { refuse(fact, fact.reason, context); return; }
        Kind kind = config.table.get(fact.kind);
        Subject subject = state.value();
        if (subject == null) {
            if (!kind.registers()) { refuse(fact, "unregistered", context); return; }
            subject = new Subject();
            subject.id = fact.subject;
            subject.now = fact.now;
        } else {
            pass(subject, fact.now, out);
        }
        String reason = take(subject, kind, fact);
        if (reason == null) judge(subject, kind, fact, out);
        else refuse(fact, reason, context);
        if (fact.reason != null) refuse(fact, fact.reason, context);
        await(subject, context);
    }

    public void onTimer(long stamp, OnTimerContext context, Collector<Out> out) throws Exception {
        Subject subject = state.value();
        if (subject.timer == stamp) subject.timer = NEVER;
        pass(subject, context.timerService().currentWatermark(), out);
        await(subject, context);
    }

    /** Why a fact must not be judged, or null: then it is known from here on. */
    String take(Subject subject, Kind kind, Fact fact) {
        if (!kind.registers() && fact.now != NONE) {
            if (fact.at > fact.now + FUTURE) return "future";
            if (fact.now - fact.at > kind.allowance()) return "late";
        }
        if (NOTHING.equals(fact.word)) return "malformed-data";
        Latest latest = subject.latest.get(fact.kind);
        if (latest == null) {
            latest = new Latest();
            subject.latest.put(fact.kind, latest);
        } else if (fact.at <= latest.at) {
            Integer known = kind.slots() > 0 ? latest.crcAt(fact.at) : null;
            if (known != null) {
                if (known == fact.crc) return "duplicate";
                if (fact.at < latest.at || !completes(latest, fact)) return "conflict";
                latest.crc = fact.crc;
                return null;
            }
            if (fact.at < latest.at) {
                latest.remember(fact.at, fact.crc, kind.slots());
                leave(latest, fact, fact.numbers);
                return null;
            }
        } else {
            latest.remember(latest.at, latest.crc, kind.slots());
        }
        latest.at = fact.at;
        latest.crc = fact.crc;
        leave(latest, fact, fact.numbers);
        return null;
    }

    /** What of a fact was bad is remembered: a second report of its time may bring it. `whole`: the values of that time. */
    static void leave(Latest latest, Fact fact, double[] whole) {
        if (fact.left == 0 || (latest.left != null && latest.left.at > fact.at)) return;
        Left left = latest.left = new Left();
        left.at = fact.at;
        left.fields = fact.left;
        if (whole != null) left.numbers = whole.clone();
        left.by = fact.by;
        left.word = fact.word;
    }

    /** Whether a second report of the newest time brings what was bad in the first: only that is left in it to be judged.
     * Where the rest is not the same it is told as a conflict too. */
    static boolean completes(Latest latest, Fact fact) {
        Left left = latest.left;
        if (left == null || left.at != fact.at) return false;
        boolean same = Objects.equals(left.by, fact.by) && Objects.equals(left.word, fact.word), brought = fact.numbers == null;
        double[] whole = left.numbers.clone(), part = new double[whole.length];
        Arrays.fill(part, Double.NaN);
        for (int place = 0; place < whole.length; place++) {
            boolean brings = (left.fields >> place & 1) == 1 && !Double.isNaN(fact.numbers[place]);
            if (brings) whole[place] = part[place] = fact.numbers[place];
            brought |= brings;
        }
        if (!brought) return false;
        if (fact.numbers != null) same &= Arrays.equals(whole, fact.numbers);
        if (!same) fact.reason = "conflict";
        if (fact.numbers != null) fact.numbers = part;
        latest.left = null;
        leave(latest, fact, whole);
        return true;
    }

    void judge(Subject subject, Kind kind, Fact fact, Collector<Out> out) {
        switch (kind.type()) {
            case "environment.air_hour" -> { gas(subject, fact, out); flat(subject, fact, out); }
            case "environment.air_backfill" -> gas(subject, fact, out);
            case "cyber.probe" -> probe(subject, fact, out);
            case "cyber.login" -> login(subject, fact, out);
            case "cyber.log_batch" -> {
                if (subject.silent != NONE && fact.at > subject.silent) {
                    tell(subject, "logs-silent", "", false, subject.silent + SILENCE, fact.at, out);
                    subject.silent = NONE;
                }
            }
            case "service.request_step" -> request(subject, fact, out);
            default -> {
                if (kind.registers()) {
                    subject.kind = fact.word;
                    subject.tier = fact.by;
                    subject.portal = fact.numbers[0] == 1;
                    subject.level = (int) fact.numbers[1];
                }
            }
        }
    }

    /** gas-hourly: above the limit of the standard's edition at event time; one series with what was sent afterwards. */
    void gas(Subject subject, Fact fact, Collector<Out> out) {
        double minutes = fact.numbers[6];
        double[] limits = null;
        for (double[] row : config.gas) if (row[0] <= fact.at && fact.at < row[1]) { limits = row; break; }
        if (minutes < 45 || limits == null) return;
        boolean late = false;
        for (String each : List.of("environment.air_hour", "environment.air_backfill")) {
            Latest latest = subject.latest.get(config.kinds.get(each).number());
            late |= latest != null && fact.at < latest.at;
        }
        for (int item = 0; item < 4; item++) {
            double value = fact.numbers[item];
            if (Double.isNaN(value)) continue;
            boolean over = value > limits[2 + item];
            subject.gas[item] = turn(subject, "gas-hourly", ITEMS[item], subject.gas[item], over, late, fact.at, 0, out);
        }
    }

    /** site-outage-larger: no page within 15 s for two hours, of a province's or a city's portal. */
    void probe(Subject subject, Fact fact, Collector<Out> out) {
        if (!"gov_site".equals(subject.kind) || !subject.portal || !TIERS.contains(subject.tier)) return;
        boolean late = fact.at < subject.latest.get(fact.kind).at, over = fact.numbers[0] >= PAGE;
        subject.outage = turn(subject, "site-outage-larger", "", subject.outage, over, late, fact.at, OUTAGE, out);
    }

    Standing turn(
        Subject subject, String rule, String item, Standing known, boolean over, boolean late, long at, long on,
        Collector<Out> out) {
        if (known == null && !over) return null;
        Standing standing = known == null ? new Standing() : known;
        if (late && (standing.open || on > 0 || !over)) return known;
        if (standing.turn(over, at, on)) tell(subject, rule, item, standing.open, standing.openedAt, at, out);
        return standing.open || standing.count > 0 ? standing : null;
    }

    /** flat-line: so many equal values in a row, above the detection limit. */
    void flat(Subject subject, Fact fact, Collector<Out> out) {
        for (int item = 0; item < ITEMS.length; item++) {
            double value = fact.numbers[item];
            Row row = subject.rows[item];
            if (Double.isNaN(value) || (row != null && fact.at < row.at)) continue;
            if (row == null) row = subject.rows[item] = new Row();
            row.at = fact.at;
            if (row.count > 0 && value == row.value) {
                row.count++;
                if (row.open || row.count < SAMPLES[item] || value <= FLOOR[item]) continue;
                row.open = true;
                tell(subject, "flat-line", ITEMS[item], true, row.since, fact.at, out);
            } else {
                if (row.open) tell(subject, "flat-line", ITEMS[item], false, row.since, fact.at, out);
                row.value = value;
                row.count = 1;
                row.since = fact.at;
                row.open = false;
            }
        }
    }

    /** login-burst: five failures of one source within five minutes. */
    void login(Subject subject, Fact fact, Collector<Out> out) {
        if (!fact.word.equals("failure")) return;
        Burst burst = subject.burst == null ? subject.burst = new Burst() : subject.burst;
        Times times = burst.times.get(fact.by);
        if (times == null) {
            if (burst.times.size() >= MOST) burst.times.remove(least(burst.times, Times::last));
            burst.times.put(fact.by, times = new Times());
        }
        times.add(fact.at);
        times.drop(times.upTo(times.last() - WITHIN));
        times.drop(times.count - MOST);
        if (times.count < FAILURES || burst.open) return;
        burst.open = true;
        burst.openedAt = times.at[0];
        tell(subject, "login-burst", "", true, burst.openedAt, fact.at, out);
    }

    /** request-not-accepted: what a hotline has received is accepted, answered or passed on in time. */
    void request(Subject subject, Fact fact, Collector<Out> out) {
        boolean done = DONE.contains(fact.word), starts = fact.word.equals("received");
        if (!"hotline".equals(subject.kind) || !(done || starts)) return;
        Duty duty = subject.duty == null ? subject.duty = new Duty() : subject.duty;
        Pending pending = duty.pending.get(fact.by);
        if (done) {
            if (pending != null && pending.start <= fact.at) duty.pending.remove(fact.by);
            Act act = duty.acts.computeIfAbsent(fact.by, name -> new Act());
            act.at = act.seen == 0 ? fact.at : Math.max(act.at, fact.at);
            act.seen = ++duty.seen;
            if (duty.acts.size() > MOST) duty.acts.remove(least(duty.acts, each -> each.seen));
        } else if (duty.pending.size() < MOST && (pending == null || pending.start > fact.at)) {
            Act act = duty.acts.get(fact.by);
            if (act == null || act.at < fact.at) {
                pending = new Pending();
                pending.start = fact.at;
                pending.due = fact.at + ACCEPTED.get(fact.channel);
                duty.pending.put(fact.by, pending);
                duty.next = Math.min(duty.next, pending.due + 1);
            }
        }
        if (duty.told) overdue(subject, fact.at, out);
    }

    void overdue(Subject subject, long at, Collector<Out> out) {
        Duty duty = subject.duty;
        Pending first = null;
        for (Pending each : duty.pending.values())
            if (each.over && (first == null || each.compareTo(first) < 0)) first = each;
        if ((first != null) == duty.told) return;
        duty.told = first != null;
        if (duty.told) duty.openedAt = first.start;
        tell(subject, "request-not-accepted", "", duty.told, duty.openedAt, at, out);
    }

    // ---------------------------------------------------------------------------------------------- the passing of time

    /** Let a subject's time go on to `now`. What is due happens at the first tick at or after it; ticks are whole minutes. */
    void pass(Subject subject, long now, Collector<Out> out) {
        for (long due = due(subject); due <= now; due = due(subject)) {
            long tick = Math.floorDiv(Math.max(due, subject.now + 1) + MINUTE - 1, MINUTE) * MINUTE;
            if (tick > now) break;
            Standing outage = subject.outage;
            if (outage != null && outage.ripe(tick, OUTAGE))
                tell(subject, "site-outage-larger", "", true, outage.openedAt, tick, out);
            Burst burst = subject.burst;
            if (burstDue(burst) <= tick && burst.top(tick) < FAILURES) {
                burst.open = false;
                burst.times.values().removeIf(each -> each.last() <= tick - WITHIN);
                tell(subject, "login-burst", "", false, burst.openedAt, tick, out);
                if (burst.times.isEmpty()) subject.burst = null;
            }
            if (silentDue(subject) <= tick) {
                subject.silent = subject.latest.get(logs).at;
                tell(subject, "logs-silent", "", true, subject.silent + SILENCE, tick, out);
            }
            Duty duty = subject.duty;
            if (duty != null && duty.next <= tick) {
                duty.next = NEVER;
                for (Pending each : duty.pending.values()) {
                    each.over |= each.due < tick;
                    if (!each.over) duty.next = Math.min(duty.next, each.due + 1);
                }
                overdue(subject, tick, out);
            }
        }
        subject.now = Math.max(subject.now, now);
    }

    long due(Subject subject) {
        long due = subject.outage == null ? NEVER : subject.outage.due(OUTAGE);
        due = Math.min(due, Math.min(burstDue(subject.burst), silentDue(subject)));
        return subject.duty == null ? due : Math.min(due, subject.duty.next);
    }

    static long burstDue(Burst burst) {
        if (burst == null || !burst.open) return NEVER;
        long last = 0;
        for (Times each : burst.times.values())
            if (each.count >= FAILURES) last = Math.max(last, each.at[each.count - FAILURES]);
        return last + WITHIN;
    }

    long silentDue(Subject subject) {
        boolean judged = "info_system".equals(subject.kind) && (subject.level == 3 || subject.level == 4);
        if (!judged || subject.silent != NONE) return NEVER;
        Latest latest = subject.latest.get(logs);
        return latest == null ? NEVER : latest.at + SILENCE + 1;
    }

    /** Ask to be woken no later than time next matters; a timer that comes too early costs a look. */
    void await(Subject subject, Context context) throws Exception {
        long due = Math.max(due(subject), subject.now + 1);
        if (due < subject.timer) context.timerService().registerEventTimeTimer(subject.timer = due);
        state.update(subject);
    }

    // --------------------------------------------------------------------------------------------------------- telling

    void tell(Subject subject, String rule, String item, boolean active, long openedAt, long at, Collector<Out> out) {
        out.collect(new Out(subject.id, """
            {"rule":"%s","item":"%s","subject":"%s","active":%b,"opened_at":%d,"at":%d}\
            """.formatted(rule, item, quoted(subject.id), active, openedAt, at)));
    }

    void refuse(Fact fact, String reason, Context context) {
        String topic = config.topics.get(fact.partition >> 8);
        context.output(REFUSED, new Out(topic, """
            {"reason":"%s","topic":"%s","partition":%d,"offset":%d,"size":%d}\
            """.formatted(reason, quoted(topic), fact.partition & 255, fact.offset, fact.size)));
    }

    static <T> String least(Map<String, T> known, ToLongFunction<T> by) {
        return Collections.min(known.entrySet(), Comparator.comparingLong(each -> by.applyAsLong(each.getValue()))).getKey();
    }

    static String quoted(String text) { return new String(JsonStringEncoder.getInstance().quoteAsString(text)); }
}
