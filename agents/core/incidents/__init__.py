"""Stage 2: the alerts of a city become incidents and floods; a pure fold of one partition."""
