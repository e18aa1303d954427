"""`python -m agents`: judging, the rules, and what is made of them."""

from streams.command import main

COMMANDS = {
    "worker": ("agents.worker.main", "judge a log through Kafka"),
    "watch": ("agents.worker.supervisor.process", "keep a worker running: start it again when it ends, hangs or stands still"),
    "judge": ("agents.offline.judge", "judge a file or an archive without Kafka"),
    "whatif": ("agents.offline.whatif", "judge an archive or a file with other rules, and show the difference"),
    "difference": ("agents.offline.versions", "what two versions of the program made of the same events, rule by rule"),
    "jobs": ("agents.jobs.main", "do the long work asked from the screen: replays, what-ifs, exports"),
    "status": ("agents.commands.status", "the workers of a log, seen from outside"),
    "performance": ("agents.measures.command", "how the alarm system does: the measures of ISA-18.2 and EEMUA 191"),
    "measure": ("agents.measures.measure_command", "how work on orders is measured: in time, sent back, satisfied, …"),
    "oversight": ("agents.oversight.command", "keep the measures of a log, and answer the page of oversight"),
    "sign": ("agents.signs.command", "signs of the city: how it is, with how much of the input was there"),
    "priority": ("agents.offline.priority", "本平台预判: in which order one might look after enterprises, with every part"),
    "index": ("agents.measures.index.command", "the index of a place: its scores, other weights, its adoption"),
    "act": ("agents.commands.act", "acknowledge, shelve, suppress, …: what a person does to an alert"),
    "notify": ("agents.notifications.command", "send alerts to people by routes: WeCom, DingTalk, Feishu, e-mail, webhooks"),
    "duty": ("agents.commands.duty", "who is on duty, and the notes at the change of a shift"),
    "incident": ("agents.commands.incident", "list and show incidents, merge and split them"),
    "order": ("agents.commands.orders.command", "issue orders, sign, answer, verify, close them; list and show them"),
    "explain": ("agents.offline.explain", "the whole story of an alert or an order, judged again from its events"),
    "risk": ("agents.risk.command", "watch the data of a log: undeclared fields, personal values, reading out of role"),
    "redact": ("agents.offline.redact", "take out of an archive what was refused long ago"),
    "audit": ("agents.audit.main", "anchor the audit trails of a log under a signature, and verify them"),
    "evidence": (
        "agents.evidence.command",
        "an alert's evidence case, or an order's file: a zip that proves itself",
    ),
    "report": ("agents.reports.command", "the report of a past day, month, unit, order or alert: PDF, xlsx, DOCX"),
    "cap": ("agents.reports.cap", "an alert as a CAP 1.2 message"),
    "quarantine": (
        "agents.commands.quarantine",
        "rules that raised an exception: list them, judge again what they did not judge",
    ),
    "keys": ("agents.commands.keys", "open a log, and keep the keys of the parts that write into it"),
    "rules": ("agents.commands.rules", "list, show, check or test the rules"),
    "law": ("agents.commands.law", "hold what the clauses cite against a library of statutes"),
    "routes": ("agents.commands.routes", "the duty list of a place: check it, show who answers for a rule in a district"),
    "domain": ("agents.commands.domain", "make a new domain"),
    "notice": ("agents.commands.holiday_notice", "tell a log the holidays of a year: its deadlines are reckoned anew"),
    "aqi": ("agents.commands.aqi", "JSON lines of concentrations in, air quality index out"),
}

if __name__ == "__main__":
    main("agents", COMMANDS)
