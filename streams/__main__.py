"""`python -m streams`: broker, topics, clock, import, gateways, HJ 212, archive, data directory."""

from streams.command import main

COMMANDS = {
    "kafka": ("streams.kafka.broker", "start, stop or show the embedded Apache Kafka"),
    "topics": ("streams.kafka.admin", "create or list the topics of a log"),
    "clock": ("streams.clock", "write a tick each second into every partition of every events topic"),
    "import": ("streams.gateways.files", "read a file into a log with the ticks of its own time"),
    "gateway": ("streams.gateways.command", "take what devices and systems send, or fetch it: HJ 212, HTTP, MQTT, SQL …"),
    "hj212": ("streams.gateways.hj212.command", "decode frames of HJ 212 into CloudEvents; set one device's clock, signed"),
    "keeper": ("streams.keeper.command", "keep the keys of sealed texts: seal, open, forget, hold, rotate, restore, sweep"),
    "archive": ("streams.retention.archiving", "write a log to Parquet"),
    "catalogue": ("streams.retention.command", "the data directory: show, lint, export, compare, publish, retention"),
}

if __name__ == "__main__":
    main("streams", COMMANDS)
