"""A library of two invented laws in the form of the real one: of its texts nothing is copied."""

import sqlite3
from pathlib import Path

LAWS = [
    ("old", "中华人民共和国渡口法", "法律", "1998-05-01", "1998-07-01", "已废止"),
    ("new", "中华人民共和国水运法典", "法律", "2026-03-12", "2026-08-15", "现行有效"),
    ("amended", "中华人民共和国码头法", "法律", "2025-10-28", "2017-06-01", "现行有效"),
    ("decision", "关于修改《中华人民共和国码头法》的决定", "修改决定", "2025-10-28", "2026-01-01", "现行有效"),
]
"""Key, name, kind, day on which the text was passed, first day of the law, state: as the library has them."""

ARTICLES = [
    ("old", 1, "第一条", "渡船应当每年检查一次。"),
    (
        "new",
        1,
        "第一条",
        "渡船应当于三十日内登记；逾期的，处一万元以上\n五万元以下罚款。\n船工应当持证：\n（一）年满十八岁；\n（二）会水。",
    ),
    ("new", 110, "第一百一十条", "《中华人民共和国渡口法》同时废止。"),
    ("amended", 12, "第十二条", "码头的记录保存不少于六个月。"),
    ("amended", 12, "第十二条之一", "码头应当设灯。"),
]
"""Law, number, number in words, text: a line that breaks off within a sentence stands in the real one too."""


def library_file(folder: Path) -> Path:
    """The invented library as a file in a folder."""
    file = folder / "laws.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE laws (law_id, law_name, doc_type, version_date, effective_date, status)")
    connection.execute("CREATE TABLE articles (law_id, article_no_arabic, article_no, article_text)")
    connection.executemany("INSERT INTO laws VALUES (?, ?, ?, ?, ?, ?)", LAWS)
    connection.executemany("INSERT INTO articles VALUES (?, ?, ?, ?)", ARTICLES)
    connection.commit()
    connection.close()
    return file
