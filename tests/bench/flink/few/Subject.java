package few;

import static few.FewRules.*;

import java.util.*;

/** All that is known of a subject. `timer`: the next moment for which the timer service was asked. */
public class Subject {
    public String id, kind, tier;
    public boolean portal;
    public int level;
    public long timer = NEVER, now = NONE;  // `now`: up to when its time has passed
    public Map<Integer, Latest> latest = new HashMap<>();
    public Standing[] gas = new Standing[4];
    public Row[] rows = new Row[6];
    public Standing outage;
    public Burst burst;
    public long silent = NONE;  // of the newest batch when the silence was told, NONE where it is not too long
    public Duty duty;

    /** The newest fact of a kind, and times and CRC-32 of those before, at least as many as the kind remembers. */
    public static class Latest {
        public long at;
        public int crc, count;
        public long[] times = {};
        public Left left;
        public int[] crcs = {};

        /** Of several facts of a time that are remembered the first. */
        Integer crcAt(long wanted) {
            if (wanted == at) return crc;
            for (int n = 0; n < count; n++) if (times[n] == wanted) return crcs[n];
            return null;
        }
        void remember(long at, int crc, int kept) {
            if (kept <= 1) return;
            if (count == times.length) {
                int room = Math.min(Math.max(8, 2 * count), 2 * kept + 1);
                times = Arrays.copyOf(times, room);
                crcs = Arrays.copyOf(crcs, room);
            }
            times[count] = at;
            crcs[count++] = crc;
            if (count > 2 * kept) {
                System.arraycopy(times, count - kept, times, 0, kept);
                System.arraycopy(crcs, count - kept, crcs, 0, kept);
                count = kept;
            }
        }
    }

    /** The newest fact with bad values: its time, a bit for each of them, and what was good. */
    public static class Left {
        public long at;
        public int fields;
        public double[] numbers = {};
        public String by, word;
    }

    /** A condition and the reading that speaks for its change. */
    public static class Standing {
        public boolean open;
        public int count;
        public long openedAt, since;

        /** Count a reading; whether the condition has changed. `on`: for how long (ms) it must hold before it stands. */
        boolean turn(boolean over, long at, long on) {
            if (over == open) { count = 0; return false; }
            if (count++ == 0) since = at;
            return ripe(at, on);
        }
        boolean ripe(long now, long on) {
            if (now < due(on)) return false;
            open = !open;
            count = 0;
            if (open) openedAt = since;
            return true;
        }
        long due(long on) { return count == 0 ? NEVER : since + (open ? 0 : on); }
    }

    public static class Row { public double value; public int count; public long since, at; public boolean open; }

    public static class Burst {
        public Map<String, Times> times = new HashMap<>();
        public boolean open;
        public long openedAt;

        int top(long now) {
            int most = 0;
            for (Times each : times.values()) most = Math.max(most, each.count - each.upTo(now - Judge.WITHIN));
            return most;
        }
    }

    /** Event times in order. */
    public static class Times {
        public long[] at = new long[8];
        public int count;

        int upTo(long moment) {
            int place = count;
            while (place > 0 && at[place - 1] > moment) place--;
            return place;
        }
        void add(long moment) {
            if (count == at.length) at = Arrays.copyOf(at, 2 * count);
            int place = upTo(moment);
            System.arraycopy(at, place, at, place + 1, count++ - place);
            at[place] = moment;
        }
        void drop(int many) { if (many > 0) System.arraycopy(at, many, at, 0, count -= many); }
        long last() { return at[count - 1]; }
    }

    public static class Duty {
        public Map<String, Pending> pending = new HashMap<>();
        public Map<String, Act> acts = new HashMap<>();
        public long next = NEVER, openedAt, seen;
        public boolean told;
    }

    public static class Pending implements Comparable<Pending> {
        public long start, due;
        public boolean over;

        public int compareTo(Pending other) {
            return due != other.due ? Long.compare(due, other.due) : Long.compare(start, other.start);
        }
    }

    public static class Act { public long at, seen; }
}
