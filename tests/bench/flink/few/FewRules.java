package few;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.flink.api.common.eventtime.*;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.runtime.state.*;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Six rules of the book, written for Flink by their definitions (docs/concepts/judges.md), over the events topics of a log.
 *
 * Every record is read as a CloudEvent, checked for its subject, time and second copies, and keyed by subject. The ticks of the
 * log's clock are the watermarks of each split. A fact carries the newest tick of its own partition: by that its subject's time
 * goes on before the fact is judged, whatever the other splits have come to. */
public class FewRules {
    static final long NEVER = Long.MAX_VALUE, NONE = Long.MIN_VALUE, MINUTE = 60_000, HOUR = 60 * MINUTE, FUTURE = 5 * MINUTE;
    static final int TICK = -1, MOST = 256;
    static final String NOTHING = "\0";
    static final String[] ITEMS = {"so2", "no2", "co", "o3", "pm10", "pm25"};
    static final OutputTag<Out> REFUSED = new OutputTag<>("refused", TypeInformation.of(Out.class));

    public static void main(String[] args) throws Exception {
        Map<String, String> env = System.getenv();
        Config config = new Config(new ObjectMapper().readTree(new File(args[1])), env.get("BENCH_LOG"));
        String servers = env.get("BENCH_SERVERS"), out = env.get("BENCH_OUT");
        int parallelism = Integer.parseInt(args[0]);
        StreamExecutionEnvironment flink = StreamExecutionEnvironment.createLocalEnvironment(
            parallelism,
            Configuration.fromMap(Map.of(
                "execution.checkpointing.interval", "5 s",
                "execution.checkpointing.storage", "filesystem",
                "execution.checkpointing.dir", "file://" + env.get("BENCH_DATA"),
                "state.backend.type", "hashmap",
                "pipeline.object-reuse", "true",
                "pipeline.generic-types", "false")));
        KafkaSource<Fact> source = KafkaSource.<Fact>builder().setBootstrapServers(servers).setGroupId("flink-" + out)
            .setTopics(config.topics).setStartingOffsets(OffsetsInitializer.earliest()).setDeserializer(new Reader(config))
            .build();
        WatermarkStrategy<Fact> ticks = WatermarkStrategy.<Fact>forGenerator(context -> new Ticks())
            .withTimestampAssigner((fact, stamp) -> fact.at);
        var judged = flink.fromSource(source, ticks, "events").process(new Clock(config.topics.size()))
            .keyBy(fact -> fact.key).process(new Judge(config));
        judged.sinkTo(sink(servers, out + ".alerts"));
        judged.getSideOutput(REFUSED).sinkTo(sink(servers, out + ".quality"));
        flink.execute("few rules");
    }

    static KafkaSink<Out> sink(String servers, String topic) {
        return KafkaSink.<Out>builder().setBootstrapServers(servers).setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
            .setRecordSerializer((out, context, stamp) -> new ProducerRecord<>(topic, out.key, out.value)).build();
    }

    /** What the rules rest on as data: topics, kinds of facts with how late they may be and how many times are known. */
    static class Config implements Serializable {
        final ArrayList<String> topics = new ArrayList<>();
        final HashMap<String, Kind> kinds = new HashMap<>();
        final ArrayList<Kind> table = new ArrayList<>();
        final ArrayList<double[]> gas = new ArrayList<>();  // start, end (ms), limit of each item

        Config(JsonNode json, String log) {
            json.get("domains").forEach(domain -> topics.add(log + ".events." + domain.asText()));
            for (JsonNode each : json.get("kinds")) {
                long allowance = each.get("allowance").asLong();
                Kind kind = new Kind(table.size(), each.get("type").asText(), allowance, each.get("slots").asInt());
                table.add(kind);
                kinds.put(kind.type, kind);
            }
            for (JsonNode each : json.get("gas")) {
                double[] row = new double[2 + 4];
                for (int n = 0; n < row.length; n++) row[n] = each.get(n).asDouble();
                gas.add(row);
            }
        }
    }

    record Kind(int number, String type, long allowance, int slots) implements Serializable {
        boolean registers() { return type.endsWith(".registered"); }
    }

    /** A fact, a tick (`kind` TICK), or a record that is refused (`reason`). `now`: the newest tick of its partition; `left`:
     * a bit for each optional field with a bad value. */
    public static class Fact {
        public String key, subject, reason, word, by, channel;
        public int kind, partition, crc, size, left;
        public long at, now, offset;
        public double[] numbers;
    }

    /** A record that is written. */
    public static class Out {
        public byte[] key, value;
        public Out() {}
        Out(String key, String value) { this.key = bytes(key); this.value = bytes(value); }
    }

    static class Refusal extends Exception {
        Refusal(String reason) { super(reason, null, false, false); }
    }


    static byte[] bytes(String text) { return text.getBytes(StandardCharsets.UTF_8); }

    /** Each tick is the watermark of its split. */
    static class Ticks implements WatermarkGenerator<Fact> {
        long newest = NONE;
        public void onEvent(Fact fact, long stamp, WatermarkOutput out) {
            if (fact.kind != TICK || fact.reason != null || fact.at <= newest) return;
            newest = fact.at;
            out.emitWatermark(new Watermark(newest));
        }
        public void onPeriodicEmit(WatermarkOutput out) {}
    }

    /** Tells each fact the newest tick of its partition, and keeps the ticks. */
    static class Clock extends ProcessFunction<Fact, Fact> implements CheckpointedFunction {
        final long[] now;
        transient ListState<Tuple2<Integer, Long>> kept;
        Clock(int topics) { now = new long[topics << 8]; Arrays.fill(now, NONE); }

        public void processElement(Fact fact, Context context, Collector<Fact> out) {
            if (fact.reason == null && fact.kind == TICK) {
                now[fact.partition] = Math.max(now[fact.partition], fact.at);
            } else {
                fact.now = now[fact.partition];
                out.collect(fact);
            }
        }
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            kept.clear();
            for (int place = 0; place < now.length; place++) if (now[place] != NONE) kept.add(Tuple2.of(place, now[place]));
        }
        public void initializeState(FunctionInitializationContext context) throws Exception {
            kept = context.getOperatorStateStore().getUnionListState(
                new ListStateDescriptor<>("now", Types.TUPLE(Types.INT, Types.LONG)));
            for (Tuple2<Integer, Long> each : kept.get()) now[each.f0] = Math.max(now[each.f0], each.f1);
        }
    }
}
