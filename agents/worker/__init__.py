"""The worker: the only place that knows Faust. It judges a log's events in batches and loses nothing."""
