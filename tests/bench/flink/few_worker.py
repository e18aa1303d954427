"""Our worker with the rules of the native peer alone, nothing behind it: `--log NAME --domain NAME ...`."""

import sys

from agents.stages import Basis
from agents.worker.main import main
from tests.bench.flink.few_book import few_book

if __name__ == "__main__":
    main(sys.argv[1:], Basis(few_book()))
