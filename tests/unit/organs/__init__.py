"""Public bodies, who may write what to whom, and the duty list."""
