"""`python -m agents`: worker, judge, rules, aqi."""

from streams.command import main

COMMANDS = {
    "worker": ("agents.worker.main", "judge a log through Kafka"),
    "judge": ("agents.judge", "judge a file or an archive without Kafka"),
    "status": ("agents.status", "the workers of a log, seen from outside"),
    "rules": ("agents.rules", "list, show, check or test the rules"),
    "aqi": ("agents.domains.environment.aqi_command", "JSON lines of concentrations in, air quality index out"),
}

if __name__ == "__main__":
    main("agents", COMMANDS)
