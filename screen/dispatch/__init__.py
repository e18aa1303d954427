"""From an alert to an order: the draft, its receivers, limits and checks, the desk's six steps. Pure but for routes."""
