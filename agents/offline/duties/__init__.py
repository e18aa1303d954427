"""What would have become of orders under other duties: limits, calendar, duty list, staffing."""
