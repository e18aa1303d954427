package few;

import static few.FewRules.*;

import com.fasterxml.jackson.core.*;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.*;
import java.util.zip.CRC32;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record as a fact: the envelope as a CloudEvent, its key, and of the payload what a rule reads. */
class Reader implements KafkaRecordDeserializationSchema<Fact> {
    static final JsonFactory JSON = new JsonFactory();
    static final Set<String> STEPS = Set.of("received", "accepted", "refused", "answered", "dispatched", "assigned", "signed",
        "return-asked", "returned", "opinion", "contacted", "extended", "replied", "redo", "called-back", "withdrawn", "merged",
        "transferred");
    static final Set<String> CHANNELS = Set.of("call", "message", "mailbox");
    final Config config;
    Reader(Config config) { this.config = config; }

    public TypeInformation<Fact> getProducedType() { return TypeInformation.of(Fact.class); }

    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Fact> to) throws IOException {
        Fact fact = new Fact();
        byte[] value = record.value() == null ? new byte[0] : record.value();
        fact.partition = config.topics.indexOf(record.topic()) << 8 | record.partition();
        fact.offset = record.offset();
        fact.size = value.length;
        try {
            if (value.length > 65_536) throw new Refusal("too-big");
            if (!read(fact, value, record.key())) return;
        } catch (JsonProcessingException error) {
            fact.reason = "not-json";
        } catch (Refusal refusal) {
            fact.reason = refusal.getMessage();
        }
        if (fact.reason != null) fact.key = "refused/" + fact.partition;
        to.collect(fact);
    }

    /** Envelope and payload into the fact; false for an adoption of a rule book, which is none. */
    boolean read(Fact fact, byte[] value, byte[] key) throws IOException, Refusal {
        String version = null, id = null, source = null, type = null, subject = "", time = null;
        int from = 0, to = 0;
        try (JsonParser json = JSON.createParser(value)) {
            JsonToken first = json.nextToken();
            if (first != JsonToken.START_OBJECT) throw new Refusal(first == null ? "not-json" : "not-cloudevent");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                switch (json.currentName()) {
                    case "specversion" -> version = text(json);
                    case "id" -> id = text(json);
                    case "source" -> source = text(json);
                    case "type" -> type = text(json);
                    case "subject" -> subject = text(json);
                    case "time" -> time = text(json);
                    case "datacontenttype", "dataschema", "region" -> text(json);
                    case "data" -> {
                        json.nextToken();
                        from = (int) json.currentTokenLocation().getByteOffset();
                        json.skipChildren();
                        json.finishToken();
                        to = (int) json.currentLocation().getByteOffset();
                    }
                    default -> { json.nextToken(); json.skipChildren(); }
                }
            }
            if (json.nextToken() != null) throw new Refusal("not-json");
        }
        boolean whole = id != null && source != null && type != null && time != null;
        if (!whole || !"1.0".equals(version)) throw new Refusal("not-cloudevent");
        if (type.equals("clock.tick")) {
            fact.kind = TICK;
            fact.at = time(time);
            return true;
        }
        Kind kind = config.kinds.get(type);
        if (kind == null) throw new Refusal("unknown-type");
        fact.kind = kind.number();
        fact.at = time(time);
        try (JsonParser json = JSON.createParser(value, from, to - from)) { payload(fact, kind, json); }
        if (subject.isEmpty() || subject.length() > 200) throw new Refusal("not-cloudevent");
        if (!Arrays.equals(key, bytes(subject))) throw new Refusal("key-mismatch");
        fact.subject = subject;
        fact.key = (char) ('a' + (fact.partition >> 8)) + subject;
        if (kind.slots() > 0) {
            CRC32 crc = new CRC32();
            crc.update(value, from, to - from);
            fact.crc = (int) crc.getValue();
        }
        return true;
    }

    /** What the rules read of a payload; of the other kinds nothing is looked at. */
    void payload(Fact fact, Kind kind, JsonParser json) throws IOException, Refusal {
        switch (kind.type()) {
            case "environment.air_hour", "environment.air_backfill" -> air(fact, json);
            case "cyber.login" -> {
                fields(json, name -> {
                    switch (name) {
                        case "source" -> fact.by = name(json);
                        case "outcome" -> fact.word = one(json, Set.of("failure", "success"));
                        default -> json.skipChildren();
                    }
                });
                if (fact.by == null || fact.word == null) throw new Refusal("malformed-data");
            }
            case "cyber.probe" -> fact.numbers = required(json, "seconds", 600);
            case "cyber.log_batch" -> required(json, "lines", Double.MAX_VALUE);
            case "service.request_step" -> {
                fact.channel = "call";
                fields(json, name -> {
                    switch (name) {
                        case "request" -> fact.by = name(json);
                        case "step" -> fact.word = one(json, STEPS);
                        case "channel" -> {
                            String given = one(json, CHANNELS);
                            fact.channel = given == null ? "call" : given;
                            if (given == null) fact.left = 1;
                        }
                        default -> json.skipChildren();
                    }
                });
                if (fact.by == null || fact.word == null) throw new Refusal("malformed-data");
            }
            default -> { if (kind.registers()) registration(fact, json); }
        }
    }

    /** Six means, their minutes and ozone's running mean, NaN where there is none; `published`, which no rule reads, is not kept.
     * A bad value is left out where there is a good one; a fact with undeclared fields alone is NOTHING. */
    void air(Fact fact, JsonParser json) throws IOException, Refusal {
        double[] found = fact.numbers = new double[8];
        Arrays.fill(found, Double.NaN);
        boolean[] is = new boolean[2];  // undeclared, valued
        fields(json, name -> {
            int item = Arrays.asList(ITEMS).indexOf(name), place = name.equals("minutes") ? 6 : name.equals("o3_8h") ? 7 : item;
            if (place >= 0) {
                if (json.currentToken() == JsonToken.VALUE_NULL) return;
                found[place] = number(json, name.equals("co") ? 1_000 : name.equals("minutes") ? 60 : 10_000);
                if (Double.isNaN(found[place])) fact.left |= 1 << place;
                else is[1] = true;
            } else {
                is[name.equals("published") ? 1 : 0] = true;
                json.skipChildren();
            }
        });
        if (fact.left != 0 && !is[1]) throw new Refusal("malformed-data");
        if (is[0] && !is[1]) fact.word = NOTHING;
    }

    /** `word` is the subject's kind, `by` its tier, `numbers` whether it is a portal and its level. */
    void registration(Fact fact, JsonParser json) throws IOException, Refusal {
        double[] found = fact.numbers = new double[2];
        boolean[] is = new boolean[2];  // named, placed
        fields(json, field -> {
            switch (field) {
                case "kind" -> fact.word = json.currentToken() == JsonToken.VALUE_STRING ? json.getText() : null;
                case "name" -> { is[0] = json.currentToken() == JsonToken.START_OBJECT; json.skipChildren(); }
                case "adcode" -> is[1] = json.currentToken() == JsonToken.VALUE_STRING;
                case "traits" -> fields(json, trait -> {
                    switch (trait) {
                        case "portal" -> found[0] = json.currentToken() == JsonToken.VALUE_TRUE ? 1 : 0;
                        case "tier" -> fact.by = json.getText();
                        case "level" -> found[1] = number(json, Double.MAX_VALUE);
                        default -> json.skipChildren();
                    }
                });
                default -> json.skipChildren();
            }
        });
        if (fact.word == null || !is[0] || !is[1]) throw new Refusal("malformed-data");
    }

    interface Field { void read(String name) throws IOException, Refusal; }

    static void fields(JsonParser json, Field read) throws IOException, Refusal {
        JsonToken first = json.currentToken() == null ? json.nextToken() : json.currentToken();
        if (first != JsonToken.START_OBJECT) throw new Refusal("malformed-data");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            read.read(name);
        }
    }

    static double[] required(JsonParser json, String field, double most) throws IOException, Refusal {
        double[] found = {Double.NaN};
        fields(json, name -> { if (name.equals(field)) found[0] = number(json, most); else json.skipChildren(); });
        if (Double.isNaN(found[0])) throw new Refusal("malformed-data");
        return found;
    }

    static double number(JsonParser json, double most) throws IOException {
        if (!json.currentToken().isNumeric()) { json.skipChildren(); return Double.NaN; }
        double value = json.getDoubleValue();
        return value >= 0 && value <= most ? value : Double.NaN;
    }

    static String text(JsonParser json) throws IOException, Refusal {
        if (json.nextToken() != JsonToken.VALUE_STRING) throw new Refusal("not-cloudevent");
        return json.getText();
    }

    static String name(JsonParser json) throws IOException {
        String text = one(json, null);
        return text == null || text.isEmpty() || text.codePointCount(0, text.length()) > 64 ? null : text;
    }

    static String one(JsonParser json, Set<String> known) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) { json.skipChildren(); return null; }
        String text = json.getText();
        return known == null || known.contains(text) ? text : null;
    }

    final HashMap<String, Long> minutes = new HashMap<>();

    /** RFC 3339 with its offset, in ms. A minute in its zone that was met before is known: most events are of a few of them. */
    long time(String text) throws Refusal {
        try {
            boolean parts = text.length() == 29 && text.charAt(19) == '.', plain = text.length() == 25;
            if (!(parts || plain)) return OffsetDateTime.parse(text).toInstant().toEpochMilli();
            String minute = text.substring(0, 16) + text.substring(parts ? 23 : 19);
            int second = number(text, 17, 19), thousandth = parts ? number(text, 20, 23) : 0;
            Long known = minutes.get(minute);
            if (known == null || second > 59) {
                known = OffsetDateTime.parse(text).toInstant().toEpochMilli() - second * 1_000L - thousandth;
                if (minutes.size() > 4_096) minutes.clear();
                minutes.put(minute, known);
            }
            return known + second * 1_000L + thousandth;
        } catch (DateTimeException error) {
            throw new Refusal("bad-time");
        }
    }

    static int number(String text, int from, int to) throws Refusal {
        int found = 0;
        for (int place = from; place < to; place++) {
            int digit = text.charAt(place) - '0';
            if (digit < 0 || digit > 9) throw new Refusal("bad-time");
            found = 10 * found + digit;
        }
        return found;
    }
}
